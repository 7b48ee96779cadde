#include "app/query_text.hpp"

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(QueryText) {
  const WallTime begin{seconds(1'700'000'100)};
  QueryWindow window{begin + seconds(60), {}, {}};

  void add(double value) {
    window.summary.add(0, value, Quality::kGood);
    window.quantiles.add(value);
  }
  std::string line(const char* aggregates, QueryFormat format) {
    return line_of(begin, window, *parse_aggregates(aggregates), format);
  }
};

TEST(QueryText, tells_of_readings) {
  const QueryReading reading{begin, 21.5, Quality::kGood};
  STRCMP_EQUAL("time,value,quality\n", head_of(QueryFormat::kCsv).c_str());
  STRCMP_EQUAL("2023-11-14T22:15:00.000000000Z,21.5,good\n",
               line_of(reading, QueryFormat::kCsv).c_str());
  STRCMP_EQUAL("2023-11-14T22:15:00.000000000Z          21.5  good\n",
               line_of(reading, QueryFormat::kTable).c_str());
  STRCMP_EQUAL(
      "{\"time\":\"2023-11-14T22:15:00.000000000Z\",\"value\":21.5,\"quality\":\"good\"}\n",
      line_of(reading, QueryFormat::kJson).c_str());
}

TEST(QueryText, tells_of_windows_what_was_asked_for) {
  for (const double value : {1.0, 2.0, 6.0}) add(value);
  window.summary.add(1, 0.0, Quality::kFault);
  STRCMP_EQUAL("2023-11-14T22:15:00.000000000Z,2023-11-14T22:16:00.000000000Z,3,1,3,2,6\n",
               line("count,bad,mean,p50,p100", QueryFormat::kCsv).c_str());
  STRCMP_EQUAL("2023-11-14T22:15:00Z             3             9\n",
               line("count,sum", QueryFormat::kTable).c_str());
  STRCMP_EQUAL(
      "{\"begin\":\"2023-11-14T22:15:00.000000000Z\",\"end\":"
      "\"2023-11-14T22:16:00.000000000Z\",\"mean\":3.0}\n",
      line("mean", QueryFormat::kJson).c_str());
  STRCMP_EQUAL("begin,end,count,p99.9\n",
               head_of(*parse_aggregates("count,p99.9"), QueryFormat::kCsv).c_str());
}

TEST(QueryText, makes_no_number_up_where_there_is_none) {
  window.summary.add(1, 0.0, Quality::kFault);
  STRCMP_EQUAL("2023-11-14T22:15:00.000000000Z,2023-11-14T22:16:00.000000000Z,0,1,,\n",
               line("count,bad,mean,p50", QueryFormat::kCsv).c_str());
  STRCMP_CONTAINS("\"mean\":null", line("mean", QueryFormat::kJson).c_str());
  STRCMP_CONTAINS("-", line("mean", QueryFormat::kTable).c_str());
}

TEST(QueryText, writes_valid_json_for_what_is_no_number) {
  const QueryReading reading{begin, std::numeric_limits<double>::infinity(), Quality::kFault};
  STRCMP_CONTAINS("\"value\":null", line_of(reading, QueryFormat::kJson).c_str());
}

TEST(QueryText, knows_what_can_be_asked_for) {
  CHECK_TRUE(
      parse_aggregates("count,bad,min,max,mean,sum,stddev,first,last,delta,rate,p0")->size() == 12);
  for (const char* wrong : {"", "average", "mean,", "p", "p101", "p-1", "p5x", "pnan", "Mean"}) {
    const auto parsed = parse_aggregates(wrong);
    CHECK_FALSE(parsed.ok());
    STRCMP_CONTAINS("p50 is the median", parsed.error().message.c_str());
  }
}
