#include "collector/summary.hpp"

#include <optional>
#include <string>
#include <vector>

#include "collector/database.hpp"
#include "collector/sqlite_sink.hpp"
#include "tests/collector/deliveries.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(Summary) {
  TemporaryFolder folder;
  std::string path = folder.path_of("collector.db");
  std::optional<SqliteSink> sink;

  void setup() override {
    sink.emplace(std::move(*SqliteSink::open(path)));
  }
  void store(const std::vector<Chunk>& chunks) {
    CHECK(sink->store(shipment_of(chunks), wall_time_from_ns(0)).ok());
  }
  Summary summary() {
    Result<storage::Connection> connection = open_for_reading(path);
    CHECK(connection.ok());
    Result<Summary> counted = summarise(*connection);
    CHECK(counted.ok());
    return std::move(*counted);
  }
};

TEST(Summary, of_nothing_says_so) {
  CHECK(summary().gateways.empty());
  CHECK(to_text(summary()).find("No gateway") != std::string::npos);
  STRCMP_EQUAL(
      "{\"readings_held\":0,\"readings_missing\":0,\"duplicates\":0,\"conflicts\":0,"
      "\"gateways\":[]}\n",
      to_json(summary()).c_str());
}

TEST(Summary, balances_a_run) {
  RunEnded ended;
  ended.readings = 40;
  store({raw_chunk(1), raw_chunk(3)});
  store({raw_chunk(1)});
  store({event_chunk(1, {gap_of(2, 3), ended})});
  store({event_chunk(2, {gap_of(4, 4)})});
  const Summary counted = summary();
  const RunSummary& run = counted.gateways.at(0).runs.at(0);
  LONGS_EQUAL(40, *run.produced);
  LONGS_EQUAL(20, run.readings_held);
  LONGS_EQUAL(20, run.readings_missing);
  LONGS_EQUAL(2, run.gaps);
  LONGS_EQUAL(20, counted.readings_held);
  LONGS_EQUAL(20, counted.readings_missing);
  LONGS_EQUAL(1, counted.duplicates);
}

TEST(Summary, counts_readings_not_events) {
  store({event_chunk(1, {RunStarted{}, ClockRecord{}})});
  LONGS_EQUAL(0, summary().readings_held);
  LONGS_EQUAL(2, summary().gateways.at(0).runs.at(0).streams.at(0).records);
}

TEST(Summary, names_the_drivers_that_are_not_up) {
  ChannelDeclared channel;
  channel.channel = ChannelId{3};
  channel.name = "boiler";
  const auto change = [](std::int64_t ns, std::uint16_t number, DriverState state) {
    return DriverChanged{instant_from_ns(ns), ChannelId{number}, state, "no\nsuch device"};
  };
  store({event_chunk(1, {channel, change(5, 3, DriverState::kDown),
                         change(6, 4, DriverState::kDegraded), change(7, 5, DriverState::kDown)})});
  store({event_chunk(2, {change(8, 5, DriverState::kUp)})});
  const std::vector<DriverSummary> drivers = summary().gateways.at(0).runs.at(0).drivers;
  LONGS_EQUAL(2, drivers.size());
  STRCMP_EQUAL("boiler", drivers[0].channel.c_str());
  STRCMP_EQUAL("channel 4", drivers[1].channel.c_str());
  CHECK(drivers[1].state == DriverState::kDegraded);
  CHECK(to_text(summary()).find("    boiler  down: no?such device\n") != std::string::npos);
  CHECK(to_json(summary()).find("{\"channel\":\"boiler\",\"state\":\"down\"") != std::string::npos);
}

TEST(Summary, a_run_that_has_ended_has_no_drivers) {
  store({event_chunk(
      1, {DriverChanged{{}, ChannelId{3}, DriverState::kDown, "gone"}, RunEnded{{}, 0}})});
  CHECK(summary().gateways.at(0).runs.at(0).drivers.empty());
}

TEST(Summary, is_shown_as_text_and_json) {
  store({raw_chunk(1)});
  const std::string text = to_text(summary());
  CHECK(text.find("gw  offline") != std::string::npos);
  CHECK(text.find("10 held, 0 declared missing") != std::string::npos);
  const std::string json = to_json(summary());
  CHECK(json.find("\"run\":\"01020300000000000000000000000000\"") != std::string::npos);
  CHECK(json.find("\"produced\":null") != std::string::npos);
}

}  // namespace sluice::collector
