#include "collector/line.hpp"

#include <limits>

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(Line) {
  ReadingLine reading{"gw",  "t1",          "Cel", {instant_from_ns(1'500'000'000), std::nullopt},
                      21.25, Quality::kGood};
  AlertLine alert{"gw",
                  "hot",
                  "t1",
                  {instant_from_ns(-1), wall_time_from_ns(0)},
                  AlertChange::kRaised,
                  Severity::kCritical,
                  81.5,
                  2,
                  false};
  const WallTime wall = wall_time_from_ns(1'700'000'000'123'456'789);
};

TEST(Line, is_readable_for_people) {
  STRCMP_EQUAL("boot+1.500000000s  gw  t1  21.25 Cel  good\n",
               to_line(reading, Format::kLines).c_str());
  reading.when.wall = wall;
  STRCMP_EQUAL("2023-11-14T22:13:20.123456789Z  gw  t1  21.25 Cel  good\n",
               to_line(reading, Format::kLines).c_str());
}

TEST(Line, is_csv_for_spreadsheets) {
  STRCMP_EQUAL(",1.500000000,gw,t1,21.25,Cel,good\n", to_line(reading, Format::kCsv).c_str());
}

TEST(Line, is_json_for_programs) {
  STRCMP_EQUAL(
      "{\"kind\":\"reading\",\"gateway\":\"gw\",\"channel\":\"t1\",\"time\":null,"
      "\"boot_ns\":1500000000,\"value\":21.25,\"unit\":\"Cel\",\"quality\":\"good\"}\n",
      to_line(reading, Format::kJson).c_str());
  reading.value = std::numeric_limits<double>::quiet_NaN();
  CHECK(to_line(reading, Format::kJson).find("\"value\":null") != std::string::npos);
}

TEST(Line, tells_news_from_history) {
  reading.backlog = true;
  STRCMP_EQUAL("boot+1.500000000s  gw  t1  21.25 Cel  good  backlog\n",
               to_line(reading, Format::kLines).c_str());
  CHECK(to_line(reading, Format::kJson).find("\"backlog\":true}") != std::string::npos);
}

TEST(Line, tells_an_alert) {
  STRCMP_EQUAL(
      "1970-01-01T00:00:00.000000000Z  gw  ALERT hot raised (critical)  t1 = 81.5, held 2 times\n",
      to_line(alert, Format::kLines).c_str());
  CHECK(to_line(alert, Format::kJson).find("\"change\":\"raised\"") != std::string::npos);
}

TEST(Line, lets_no_text_from_outside_out_unescaped) {
  reading.unit = "a\n\x1b[2J,\"";
  const std::string plain = to_line(reading, Format::kLines);
  LONGS_EQUAL(plain.size() - 1, plain.find('\n'));
  CHECK(plain.find('\x1b') == std::string::npos);
  const std::string csv = to_line(reading, Format::kCsv);
  CHECK(csv.find("\"a\n\x1b[2J,\"\"\"") != std::string::npos);
  const std::string json = to_line(reading, Format::kJson);
  LONGS_EQUAL(json.size() - 1, json.find('\n'));
}

}  // namespace sluice::collector
