#include "app/forecast.hpp"

#include <chrono>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "storage/space.hpp"
#include "tests/app/replayed.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Sixteen channels once a second, over a link without limits.
TEST_GROUP(Forecast) {
  config::Config config;
  ForecastOptions options;

  void setup() override {
    std::vector<config::ChannelOptions> channels;
    for (int i = 0; i < 16; ++i) channels.push_back(channel_named("c" + std::to_string(i)));
    config = sample_config("", std::move(channels));
    config.uplink.enabled = true;
  }
  uplink::LinkProfile& add_profile(const std::string& name) {
    uplink::LinkProfile profile = uplink::unlimited_profile();
    profile.name = name;
    config.uplink.delivery.profiles.push_back(profile);
    return config.uplink.delivery.profiles.back();
  }
  static void take_only(uplink::LinkProfile & profile, std::vector<Lane> lanes) {
    profile.lanes.fill(false);
    for (const Lane lane : lanes) profile.lanes[index_of(lane)] = true;
  }
  Forecast work() const {
    return forecast(config, options);
  }
  ReadingPath path() const {
    return work().channels.front().path;
  }
};

// docs/limits.md, Bytes sent: 1.6 bytes a reading on the wire, live, 16 readings/s.
TEST(Forecast, says_what_live_readings_cost) {
  const Forecast found = work();
  CHECK_EQUAL(1U, found.links.size());
  STRCMP_EQUAL("any link", found.links.front().profile.c_str());
  DOUBLES_EQUAL(16.0, found.readings_per_second, 1e-9);
  const double readings = 16.0 * 30 * 86'400;
  DOUBLES_EQUAL(1.6, found.links.front().readings_bytes / readings, 0.16);
  // Nothing to send: 6.9 MB/h at a value a second each, so a tenth of it every 10 s.
  DOUBLES_EQUAL(0.69e6 * 24 * 30, found.links.front().live_bytes, 0.03e6 * 24 * 30);
  DOUBLES_EQUAL(13.9e3 * 24 * 30, found.links.front().idle_bytes, 0.1e3 * 24 * 30);
}

// The same page, Storage: 0.82 bytes a reading, 9.6 to 11.3 KB/s.
TEST(Forecast, says_how_long_an_outage_may_last) {
  const Forecast found = work();
  DOUBLES_EQUAL(0.82, found.stored_bytes_per_second / 16.0, 0.01);
  const double room = static_cast<double>(storage::shares_of(config.storage).database);
  DOUBLES_EQUAL(room / (0.82 * 16.0) / 3'600.0, found.outage_hours, 60.0);
  DOUBLES_EQUAL(11'300.0 * 86'400.0, found.device_bytes_per_day, 1.0);
}

TEST(Forecast, says_how_long_a_card_lasts) {
  CHECK_FALSE(work().card_life_years.has_value());
  config.card_endurance_bytes = 30'000'000'000'000;
  DOUBLES_EQUAL(30e12 / (11'300.0 * 86'400.0 * 4.0) / 365.25, *work().card_life_years, 0.01);
}

TEST(Forecast, counts_a_commit_more_often_as_so_much_more_wear) {
  for (config::ChannelOptions& channel : config.channels) channel.spec.period = milliseconds(250);
  const double once = work().device_bytes_per_day;
  config.seal.commit_every = milliseconds(250);
  DOUBLES_EQUAL(4.0 * once, work().device_bytes_per_day, 1.0);
}

TEST(Forecast, has_nothing_to_commit_where_nothing_is_read) {
  for (config::ChannelOptions& channel : config.channels) channel.spec.period = minutes(1);
  CHECK_TRUE(work().device_bytes_per_day < 11'300.0 * 86'400.0 / 50.0);
}

TEST(Forecast, follows_each_channel_to_where_its_readings_get) {
  CHECK_TRUE(path() == ReadingPath::kRaw);
  uplink::LinkProfile& profile = add_profile("cellular");
  take_only(profile, {Lane::kAlert, Lane::kRollup});
  CHECK_TRUE(path() == ReadingPath::kHere);
  config.rollup.enabled = true;
  CHECK_TRUE(path() == ReadingPath::kRollups);
  config.rollup.except = {config.channels.front().spec.name};
  CHECK_TRUE(path() == ReadingPath::kHere);
  take_only(profile, {Lane::kAlert, Lane::kRequested});
  CHECK_TRUE(path() == ReadingPath::kHere);
  config.channels.front() = with_alert(config.channels.front(), "hot");
  CHECK_TRUE(path() == ReadingPath::kAroundAlerts);
  take_only(profile, {Lane::kAlert});
  CHECK_TRUE(path() == ReadingPath::kAlerts);
  // It is enough that one of them takes it.
  add_profile("ethernet");
  CHECK_TRUE(path() == ReadingPath::kRaw);
  config.uplink.enabled = false;
  CHECK_TRUE(path() == ReadingPath::kHere);
  CHECK_TRUE(work().links.empty());
}

TEST(Forecast, sends_no_readings_over_a_link_that_takes_none) {
  take_only(add_profile("cellular"), {Lane::kAlert, Lane::kEvent});
  const LinkForecast link = work().links.front();
  DOUBLES_EQUAL(0.0, link.readings_bytes + link.live_bytes, 0.0);
  CHECK_FALSE(link.drain_seconds.has_value());
}

TEST(Forecast, takes_the_hours_of_a_link_for_a_part_of_the_day) {
  add_profile("night").schedule = {{22 * 60, 6 * 60}};
  const LinkForecast link = work().links.front();
  DOUBLES_EQUAL(1.0 / 3.0, link.open, 1e-9);
  // What waits is packed better, so it is less than it would be all day.
  config.uplink.delivery.profiles.front().schedule.clear();
  CHECK_TRUE(link.readings_bytes < work().links.front().readings_bytes);
}

TEST(Forecast, takes_the_nearer_budget) {
  add_profile("cellular").budget = {.per_day = 1'000'000, .per_month = 50'000'000};
  DOUBLES_EQUAL(30e6, *work().links.front().budget_bytes, 0.0);
  config.uplink.delivery.profiles.front().budget.per_month = 20'000'000;
  DOUBLES_EQUAL(20e6, *work().links.front().budget_bytes, 0.0);
}

TEST(Forecast, says_how_long_it_drains) {
  CHECK_FALSE(work().links.front().drain_seconds.has_value());
  options.link_bytes_per_second = 8'000;
  const LinkForecast link = work().links.front();
  // A day of 0.44 bytes each, 1.26 on the wire, at what live data leave of the rate.
  const double backlog = 16.0 * 86'400 * 0.435 * 1.26;
  const double left = 8'000.0 - link.total() / (30 * 86'400.0);
  DOUBLES_EQUAL(backlog / left, *link.drain_seconds, 0.02 * backlog / left);
  options.link_bytes_per_second = 10;
  CHECK_TRUE(std::isinf(*work().links.front().drain_seconds));
}

TEST(Forecast, takes_a_deadband_for_an_upper_bound) {
  config.channels.front().spec.filters = {Deadband{1.0, minutes(10)}};
  const Forecast found = work();
  CHECK_TRUE(found.channels[0].at_most && !found.channels[1].at_most);
  DOUBLES_EQUAL(1.0, found.channels[0].readings_per_second, 1e-9);
}

TEST(Forecast, takes_what_was_measured) {
  options.measured["c0"] = {0.1, 3.0};
  const Forecast found = work();
  CHECK_TRUE(found.channels[0].measured && !found.channels[1].measured);
  DOUBLES_EQUAL(15.1, found.readings_per_second, 1e-9);
  CHECK_TRUE(found.channels[0].chunk_bytes_per_day > 0.1 * 86'400 * 3.0);
}

TEST(Forecast, is_nothing_without_channels) {
  config.channels.clear();
  const Forecast found = work();
  CHECK_TRUE(std::isinf(found.outage_hours));
  DOUBLES_EQUAL(0.0, found.links.front().readings_bytes, 0.0);
  DOUBLES_EQUAL(0.0, found.device_bytes_per_day, 0.0);
}

TEST(Forecast, measures_what_a_buffer_holds) {
  Replayed past;
  config::ChannelOptions still = channel_named("still");
  still.spec.filters = {Deadband{1.0, seconds(20)}};
  past.live(past.with({tide("tide", milliseconds(500)), still}), minutes(10));
  std::uint64_t bytes = 0;
  std::uint64_t readings = 0;
  for (const Chunk& chunk : past.plant.buffer.chunks(Stream::kRaw)) {
    if (chunk.header.channel != ChannelId{0}) continue;
    bytes += chunk.bytes.size();
    readings += chunk.header.count;
  }
  storage::Reader reader = past.plant.buffer.reader();
  config::Config asked = past.config_of_then;
  asked.channels.push_back(channel_named("unknown"));
  const Result<MeasuredChannels> found = measure_channels(reader, asked);
  CHECK_TRUE(found.ok());
  CHECK_EQUAL(2U, found->size());
  DOUBLES_EQUAL(2.0, found->at("tide").readings_per_second, 0.01);
  DOUBLES_EQUAL(static_cast<double>(bytes) / static_cast<double>(readings),
                found->at("tide").bytes_per_reading, 1e-9);
  DOUBLES_EQUAL(0.05, found->at("still").readings_per_second, 0.005);
}
