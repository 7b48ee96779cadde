#include <fstream>
#include <iterator>
#include <string>

#include "app/flash_meter.hpp"
#include "app/forecast.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice::app;

TEST_GROUP(ForecastFigures){};

TEST(ForecastFigures, name_what_they_are_and_where_they_were_measured) {
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    const Figure& one = figure(static_cast<FigureOf>(i));
    CHECK_TRUE(!one.name.empty() && !one.source.empty() && one.value > 0.0);
  }
}

TEST(ForecastFigures, share_the_wear_with_the_flash_meter) {
  DOUBLES_EQUAL(kWriteAmplification, figure(FigureOf::kWear).value, 0.0);
}

// The lines that they were read off: docs/limits.md, Chunks and Storage.
TEST(ForecastFigures, give_the_tables_back) {
  const double reading = figure(FigureOf::kReading).value;
  const double chunk = figure(FigureOf::kChunk).value;
  DOUBLES_EQUAL(1.91, reading + 16 * chunk / 100, 0.01);
  DOUBLES_EQUAL(0.57, reading + 16 * chunk / 1'000, 0.01);
  DOUBLES_EQUAL(0.43, reading + 16 * chunk / 10'000, 0.01);
  const double disk = reading + figure(FigureOf::kDiskReading).value;
  DOUBLES_EQUAL(0.82, disk + figure(FigureOf::kDiskChunk).value / 625, 0.01);
  DOUBLES_EQUAL(1.5, disk + figure(FigureOf::kDiskChunk).value / 100, 0.01);
}
