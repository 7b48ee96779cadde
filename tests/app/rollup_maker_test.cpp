#include "app/rollup_maker.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "core/windows.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

namespace {

constexpr WindowBounds kStretch{Instant(seconds(600)), Instant(seconds(660))};
const std::vector<Duration> kLengths = {seconds(10), seconds(30), seconds(60)};

}  // namespace

TEST_GROUP(RollupMaker) {
  std::mt19937_64 random{5};

  // Any values and qualities, some with the same stamp.
  std::vector<Reading> readings(int count) {
    std::vector<Reading> all;
    for (int i = 0; i < count; ++i) {
      const auto ns = static_cast<std::int64_t>(random() % 60'000) * 1'000'000;
      const double value = std::ldexp(static_cast<double>(random() % 2'000) - 1'000.0,
                                      static_cast<int>(random() % 30) - 15);
      all.push_back({kStretch.begin + Duration(ns), value, ChannelId{1},
                     static_cast<Quality>(random() % kQualityCount)});
    }
    return all;
  }
  static std::vector<Rollup> made_of(const std::vector<Reading>& readings) {
    RollupMaker maker(kLengths, {}, kStretch);
    for (const Reading& reading : readings) maker.add(reading);
    return maker.take(4);
  }
};

TEST(RollupMaker, gives_what_the_windows_of_the_stream_give_to_the_last_bit) {
  for (int round = 0; round < 20; ++round) {
    std::vector<Reading> all = readings(1 + 40 * round);
    const std::vector<Rollup> made = made_of(all);
    std::vector<Rollup> streamed;
    for (const Duration length : kLengths) {
      // In another order, and closed bit by bit: the last revision of each window counts.
      std::shuffle(all.begin(), all.end(), random);
      Windows windows({.size = length,
                       .hop = length,
                       .offset = {},
                       .lateness = seconds(60),
                       .ahead = seconds(60),
                       .quantiles = true});
      std::vector<Windows::Result> results;
      const auto keep = [&](const Windows::Result& result) {
        std::erase_if(results, [&](const auto& one) { return one.begin_ns == result.begin_ns; });
        results.push_back(result);
      };
      windows.advance(to_ns(kStretch.begin), keep);
      for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK_TRUE(windows.add(to_ns(all[i].time), all[i].value, all[i].quality) ==
                   Arrival::kInTime);
        const auto passed = static_cast<std::int64_t>(i * 60 / all.size());
        windows.advance(to_ns(kStretch.begin + seconds(passed)), keep);
      }
      windows.advance(to_ns(kStretch.end), keep);
      std::ranges::sort(results, {}, &Windows::Result::begin_ns);
      for (const Windows::Result& result : results) {
        streamed.push_back({instant_from_ns(result.begin_ns),
                            Duration(result.end_ns - result.begin_ns), 4, result.summary,
                            rollup_quantiles(result.quantiles)});
      }
    }
    CHECK_TRUE(made == streamed);
  }
}

TEST(RollupMaker, does_not_depend_on_the_order_of_readings) {
  std::vector<Reading> all = readings(500);
  const std::vector<Rollup> made = made_of(all);
  for (int round = 0; round < 10; ++round) {
    std::shuffle(all.begin(), all.end(), random);
    CHECK_TRUE(made_of(all) == made);
  }
}

TEST(RollupMaker, leaves_out_windows_without_a_reading) {
  const std::vector<Rollup> made =
      made_of({{Instant(seconds(625)), 1.0, ChannelId{1}, Quality::kGood}});
  CHECK_TRUE(made.size() == 3);
  CHECK_TRUE(made[0].begin == Instant(seconds(620)));
  CHECK_TRUE(made[1].begin == Instant(seconds(600)));
  CHECK_TRUE(made[2].length == seconds(60));
  CHECK_TRUE(made[0].revision == 4);
}

TEST(RollupMaker, begins_with_its_stretch_where_that_is_none_of_whole_windows) {
  RollupMaker maker(kLengths, {}, {Instant(seconds(607)), kStretch.end});
  maker.add({Instant(seconds(608)), 1.0, ChannelId{1}, Quality::kGood});
  const std::vector<Rollup> made = maker.take(0);
  CHECK_TRUE(made[0].begin == Instant(seconds(607)));
  CHECK_TRUE(made[0].length == seconds(3));
  CHECK_TRUE(made[2].length == seconds(53));
}
