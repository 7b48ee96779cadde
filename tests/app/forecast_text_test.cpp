#include "app/forecast_text.hpp"

#include <limits>
#include <string>

#include <nlohmann/json.hpp>

#include <CppUTest/TestHarness.h>

using namespace sluice::app;

TEST_GROUP(ForecastText) {
  Forecast forecast;

  void setup() override {
    forecast.channels = {{"boiler", ReadingPath::kRaw, 10.0, 10.0, true, false, 345'600.0},
                         {"tank", ReadingPath::kAlerts, 1.0, 0.05, false, true, 1'234.0}};
    forecast.links = {{.profile = "any link",
                       .readings_bytes = 12.5e6,
                       .alert_bytes = 0.5e6,
                       .live_bytes = 100e6,
                       .idle_bytes = 10e6,
                       .budget_bytes = {},
                       .drain_seconds = {}}};
    forecast.outage = std::chrono::hours(24);
    forecast.readings_per_second = 10.05;
    forecast.stored_bytes_per_second = 8.2;
    forecast.outage_hours = 100.0;
    forecast.device_bytes_per_day = 900e6;
    forecast.warnings = {"the quota is small"};
  }
};

TEST(ForecastText, has_a_line_for_each_channel_and_link) {
  const std::string text = forecast_text(forecast);
  STRCMP_CONTAINS("channel  reads/s  recorded/s  kB/day  path\n", text.c_str());
  STRCMP_CONTAINS("boiler      10.0     <= 10.0  <= 346  raw\n", text.c_str());
  STRCMP_CONTAINS("tank        1.00       0.050    1.23  alerts, measured\n", text.c_str());
  STRCMP_CONTAINS("MB a month  readings  alerts  live  idle  all  budget  drain after 1d\n",
                  text.c_str());
  STRCMP_CONTAINS("any link        12.5   0.500   100  10.0  123       -  rate not known\n",
                  text.c_str());
  STRCMP_CONTAINS("room for 4.17 days\n", text.c_str());
  STRCMP_CONTAINS("not known without storage.card_endurance\n", text.c_str());
  STRCMP_CONTAINS("a reading in a chunk: 0.420 B (limits.md, Chunks", text.c_str());
  STRCMP_CONTAINS("warning: the quota is small\n", text.c_str());
}

TEST(ForecastText, says_that_a_link_never_drains) {
  forecast.links.front().drain_seconds = std::numeric_limits<double>::infinity();
  STRCMP_CONTAINS("never\n", forecast_text(forecast).c_str());
  const nlohmann::json object = nlohmann::json::parse(forecast_json(forecast));
  CHECK_TRUE(object["links"][0]["drain_seconds"].is_null());
  CHECK_TRUE(object["links"][0]["never_drains"].get<bool>());
}

TEST(ForecastText, is_an_object_for_programs) {
  forecast.links.front().drain_seconds = 5'400.0;
  const nlohmann::json object = nlohmann::json::parse(forecast_json(forecast));
  DOUBLES_EQUAL(123e6, object["links"][0]["bytes_per_month"].get<double>(), 1.0);
  DOUBLES_EQUAL(5'400.0, object["links"][0]["drain_seconds"].get<double>(), 0.0);
  STRCMP_EQUAL("raw", object["channels"][0]["path"].get<std::string>().c_str());
  CHECK_EQUAL(kFigureCount, object["figures"].size());
  CHECK_EQUAL(1U, object["warnings"].size());
  CHECK_TRUE(object["card_life_years"].is_null());
}
