#include "app/forecast_warnings.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/app/replayed.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(ForecastWarnings) {
  config::Config config = sample_config("", {channel_named("boiler")});
  ForecastOptions options;

  void setup() override {
    config.uplink.enabled = true;
    config.uplink.delivery.live_every = Duration::zero();
  }
  config::ChannelOptions& boiler() {
    return config.channels.front();
  }
  uplink::LinkProfile& take_only(std::vector<Lane> lanes) {
    uplink::LinkProfile profile = uplink::unlimited_profile();
    profile.name = "cellular";
    profile.lanes.fill(false);
    for (const Lane lane : lanes) profile.lanes[index_of(lane)] = true;
    config.uplink.delivery.profiles = {profile};
    return config.uplink.delivery.profiles.front();
  }
  std::vector<std::string> warnings() const {
    return forecast(config, options).warnings;
  }
  void check(const char* wanted) const {
    const std::vector<std::string> found = warnings();
    CHECK_EQUAL(1U, found.size());
    STRCMP_CONTAINS(wanted, found.front().c_str());
  }
};

TEST(ForecastWarnings, are_none_where_all_fits) {
  CHECK_TRUE(warnings().empty());
}

TEST(ForecastWarnings, see_a_channel_that_is_read_a_hundred_times_too_often) {
  take_only({Lane::kAlert});
  boiler() =
      alerting(channel_named("boiler", milliseconds(100)), "hot", Above{80.0, 70.0}, seconds(10));
  check("100 readings for one answer");
  boiler().spec.period = milliseconds(200);
  CHECK_TRUE(warnings().empty());
}

TEST(ForecastWarnings, see_what_a_window_does_not_need) {
  take_only({Lane::kAlert});
  const WindowLevel mean{.of = Aggregate::kMean,
                         .level = {.limit = 80.0, .clear = 70.0},
                         .over = minutes(10),
                         .period = seconds(1)};
  boiler() = alerting(channel_named("boiler", seconds(1)), "hot", mean);
  check("nothing looks at less than 10m of it");
}

TEST(ForecastWarnings, see_one_that_rollups_do_not_need) {
  take_only({Lane::kAlert, Lane::kRollup});
  config.rollup.enabled = true;
  boiler().spec.period = milliseconds(100);
  check("nothing looks at less than 1m of it");
}

TEST(ForecastWarnings, let_a_rule_be_that_wants_every_reading) {
  take_only({Lane::kAlert});
  boiler() = alerting(channel_named("boiler", milliseconds(10)), "slow", NoData{minutes(1)});
  boiler() = alerting(boiler(), "hot", Above{80.0, 70.0});
  CHECK_TRUE(warnings().empty());
}

TEST(ForecastWarnings, let_raw_readings_be_wanted) {
  boiler() = alerting(channel_named("boiler", milliseconds(10)), "slow", NoData{minutes(1)});
  CHECK_TRUE(warnings().empty());
}

TEST(ForecastWarnings, see_readings_that_nobody_will_see) {
  take_only({Lane::kAlert});
  check("nobody will see them");
}

TEST(ForecastWarnings, see_a_silence_that_is_no_silence) {
  boiler() = alerting(boiler(), "silent", NoData{seconds(1)});
  check("a single bad reading raises it");
}

TEST(ForecastWarnings, see_a_formula_that_repeats_itself) {
  config.channels.push_back(derived("twice", "boiler * 2", milliseconds(100)));
  check("it repeats itself");
}

TEST(ForecastWarnings, see_a_quota_that_is_too_small) {
  config.storage.quota_bytes = 16 * 1'024 * 1'024;
  options.outage = hours(24 * 3'650);
  check("are wanted");
}

TEST(ForecastWarnings, see_a_ring_that_is_too_small) {
  config.realtime.ring = seconds(1);
  check("realtime.ring");
}

TEST(ForecastWarnings, see_a_card_that_wears_out) {
  config.card_endurance_bytes = 1'000'000'000'000;
  check("a card of that endurance");
}

TEST(ForecastWarnings, see_a_budget_that_is_smaller_than_what_is_produced) {
  take_only({Lane::kAlert, Lane::kRaw, Lane::kBacklog}).budget.per_month = 10'000'000;
  check("85 % of the budget");
}

TEST(ForecastWarnings, see_a_link_that_never_catches_up) {
  take_only({Lane::kAlert, Lane::kRaw, Lane::kBacklog}).bytes_per_second = 5;
  check("is never drained");
}

TEST(ForecastWarnings, see_live_values_that_cost_more_than_the_record) {
  config.uplink.delivery.live_every = seconds(1);
  check("a longer live_every");
}
