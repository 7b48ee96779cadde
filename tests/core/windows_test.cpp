#include "core/windows.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kSecond = 1'000'000'000;

struct Event {
  std::int64_t time_ns = 0;
  double value = 0.0;
};
struct Given {
  std::uint32_t revision = 0;
  Summary summary;
  QuantileSketch quantiles;
};
using ByBegin = std::map<std::int64_t, Given>;

// What is right, from all readings at once.
ByBegin exact(const WindowSpec& spec, const std::vector<Event>& events) {
  ByBegin windows;
  for (const Event& event : events) {
    std::int64_t begin = to_ns(spec.offset);
    while (begin > event.time_ns) begin -= to_ns(spec.hop);
    while (begin + to_ns(spec.hop) <= event.time_ns) begin += to_ns(spec.hop);
    for (; begin + to_ns(spec.size) > event.time_ns; begin -= to_ns(spec.hop)) {
      windows[begin].summary.add(event.time_ns, event.value, Quality::kGood);
      if (spec.quantiles) windows[begin].quantiles.add(event.value);
    }
  }
  return windows;
}

}  // namespace

TEST_GROUP(Windows) {
  std::mt19937_64 random{5};

  static WindowSpec minutes_of(std::int64_t size, std::int64_t hop) {
    WindowSpec spec;
    spec.size = seconds(60 * size);
    spec.hop = seconds(60 * hop);
    return spec;
  }
  // Takes what is due; a revision has to follow the one before.
  static void take(Windows & windows, std::int64_t watermark_ns, ByBegin & given) {
    windows.advance(watermark_ns, [&](const Windows::Result& result) {
      const auto known = given.find(result.begin_ns);
      CHECK_TRUE(result.revision == (known == given.end() ? 0 : known->second.revision + 1));
      CHECK_TRUE(result.end_ns - result.begin_ns == to_ns(windows.spec().size));
      given[result.begin_ns] = {result.revision, result.summary, result.quantiles};
    });
  }
  static void expect_same(const ByBegin& right, const ByBegin& given) {
    CHECK_TRUE(right.size() == given.size());
    for (const auto& [begin, window] : right) {
      const auto found = given.find(begin);
      CHECK_TRUE(found != given.end());
      CHECK_TRUE(found->second.summary == window.summary);
      CHECK_TRUE(found->second.quantiles == window.quantiles);
    }
  }
};

TEST(Windows, tumble_one_after_the_other) {
  Windows windows(minutes_of(1, 1));
  ByBegin given;
  for (std::int64_t second = 0; second < 180; ++second) {
    take(windows, second * kSecond, given);
    windows.add(second * kSecond, static_cast<double>(second), Quality::kGood);
  }
  CHECK_TRUE(given.size() == 2);
  DOUBLES_EQUAL(29.5, given.at(0).summary.mean(), 0.0);
  CHECK_TRUE(given.at(60 * kSecond).summary.count() == 60);
  take(windows, 180 * kSecond, given);
  CHECK_TRUE(given.size() == 3);
}

TEST(Windows, begin_at_the_offset_also_before_the_origin) {
  WindowSpec spec = minutes_of(1, 1);
  spec.offset = seconds(15);
  Windows windows(spec);
  ByBegin given;
  windows.add(-50 * kSecond, 1.0, Quality::kGood);
  take(windows, -46 * kSecond, given);
  CHECK_TRUE(given.empty());
  take(windows, -45 * kSecond, given);
  CHECK_TRUE(given.contains(-105 * kSecond));
}

TEST(Windows, leave_out_those_without_a_reading_however_long_that_lasts) {
  Windows windows(minutes_of(5, 1));
  ByBegin given;
  windows.add(0, 1.0, Quality::kGood);
  take(windows, 1'000'000 * kSecond, given);
  CHECK_TRUE(given.size() == 5);
  windows.add(1'000'000 * kSecond, 2.0, Quality::kGood);
  take(windows, 2'000'000 * kSecond, given);
  CHECK_TRUE(given.size() == 10);
}

TEST(Windows, know_of_readings_without_a_good_value) {
  Windows windows(minutes_of(1, 1));
  ByBegin given;
  windows.add(0, 0.0, Quality::kFault);
  take(windows, 60 * kSecond, given);
  CHECK_TRUE(given.at(0).summary.of(Quality::kFault) == 1);
  CHECK_TRUE(given.at(0).summary.count() == 0);
}

TEST(Windows, are_given_again_when_a_late_reading_changes_them) {
  WindowSpec spec = minutes_of(2, 1);
  spec.lateness = seconds(300);
  Windows windows(spec);
  ByBegin given;
  windows.add(130 * kSecond, 1.0, Quality::kGood);
  take(windows, 240 * kSecond, given);
  CHECK_TRUE(given.size() == 2);
  take(windows, 250 * kSecond, given);
  CHECK_TRUE(given.at(60 * kSecond).revision == 0);
  CHECK_TRUE(windows.add(70 * kSecond, 3.0, Quality::kGood) == Arrival::kInTime);
  take(windows, 250 * kSecond, given);
  CHECK_TRUE(given.at(60 * kSecond).revision == 1);
  DOUBLES_EQUAL(2.0, given.at(60 * kSecond).summary.mean(), 0.0);
  CHECK_TRUE(given.at(120 * kSecond).revision == 0);
  CHECK_TRUE(given.at(0).summary.count() == 1);
}

TEST(Windows, say_which_readings_come_too_late) {
  WindowSpec spec = minutes_of(2, 1);
  spec.lateness = seconds(60);
  spec.ahead = seconds(60);
  Windows windows(spec);
  ByBegin given;
  windows.add(600 * kSecond, 1.0, Quality::kGood);
  take(windows, 660 * kSecond, given);
  // The window [480, 600) is final, [540, 660) is not.
  CHECK_TRUE(windows.add(539 * kSecond, 1.0, Quality::kGood) == Arrival::kLate);
  CHECK_TRUE(windows.add(599 * kSecond, 1.0, Quality::kGood) == Arrival::kPartlyLate);
  CHECK_TRUE(windows.add(600 * kSecond, 1.0, Quality::kGood) == Arrival::kInTime);
  CHECK_TRUE(windows.add(100'000 * kSecond, 1.0, Quality::kGood) == Arrival::kTooFar);
  take(windows, 660 * kSecond, given);
  CHECK_TRUE(given.at(540 * kSecond).summary.count() == 3);
}

// Whatever the order of arrival within the lateness, the steps of the watermark, and the shape of
// the windows: the last revision of each is what all readings at once make of it, to the last bit.
TEST(Windows, become_what_they_are_for_any_order_of_arrival_within_the_lateness) {
  for (int round = 0; round < 300; ++round) {
    const auto any = [this](std::int64_t from, std::int64_t to) {
      return std::uniform_int_distribution<std::int64_t>(from, to)(random);
    };
    WindowSpec spec;
    spec.hop = seconds(any(1, 40));
    spec.size = spec.hop * any(1, 6);
    spec.offset = seconds(any(-100, 100));
    const std::int64_t disorder = any(0, 200) * kSecond;
    spec.ahead = Duration(disorder);
    spec.lateness = seconds(any(0, 200));
    spec.quantiles = round % 3 == 0;
    const std::int64_t late = std::max<std::int64_t>(to_ns(spec.lateness) - 1, 0);
    std::vector<Event> events;
    std::int64_t time = any(-5'000, 5'000) * kSecond;
    for (int i = 0; i < 300; ++i) {
      time += any(0, any(0, 20) == 0 ? 2'000 : 10) * kSecond + any(0, 999);
      events.push_back({time, static_cast<double>(any(-1'000, 1'000)) / 8.0});
    }
    // Each comes when the newest is up to `disorder` and `late` ahead of it.
    std::vector<std::pair<std::int64_t, Event>> arrivals;
    for (const Event& event : events) {
      arrivals.emplace_back(event.time_ns + any(0, disorder + late), event);
    }
    std::stable_sort(arrivals.begin(), arrivals.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Windows windows(spec);
    ByBegin given;
    std::int64_t newest = arrivals.front().second.time_ns;
    for (const auto& [when, event] : arrivals) {
      newest = std::max(newest, event.time_ns);
      take(windows, newest - disorder, given);
      CHECK_TRUE(windows.add(event.time_ns, event.value, Quality::kGood) == Arrival::kInTime);
    }
    take(windows, newest + 1'000 * kSecond, given);
    take(windows, newest + 100'000 * kSecond, given);
    expect_same(exact(spec, events), given);
  }
}

TEST(Windows, are_refused_when_they_would_need_too_much) {
  CHECK_TRUE(minutes_of(1'024, 1).is_valid());
  CHECK_FALSE(minutes_of(1'025, 1).is_valid());
  CHECK_FALSE(minutes_of(3, 2).is_valid());
  CHECK_FALSE(minutes_of(1, 2).is_valid());
  CHECK_FALSE(minutes_of(0, 0).is_valid());
}

}  // namespace sluice
