#include "core/summary.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

TEST_GROUP(Summary) {
  std::mt19937_64 random{3};
  Summary summary;

  void add(std::int64_t second, double value, Quality quality = Quality::kGood) {
    summary.add(second * kSecond, value, quality);
  }
};

TEST(Summary, tells_what_a_window_is_asked_for) {
  for (const double value : {4.0, 1.0, 7.0}) add(10 + static_cast<std::int64_t>(value), value);
  CHECK_TRUE(summary.count() == 3);
  DOUBLES_EQUAL(1.0, summary.min(), 0.0);
  DOUBLES_EQUAL(7.0, summary.max(), 0.0);
  DOUBLES_EQUAL(12.0, summary.sum(), 0.0);
  DOUBLES_EQUAL(4.0, summary.mean(), 0.0);
  DOUBLES_EQUAL(3.0, summary.deviation(), 1e-15);
  DOUBLES_EQUAL(1.0, summary.first()->value, 0.0);
  DOUBLES_EQUAL(7.0, summary.last()->value, 0.0);
  DOUBLES_EQUAL(6.0, summary.delta(), 0.0);
  DOUBLES_EQUAL(1.0, summary.rate(), 0.0);
}

TEST(Summary, counts_what_is_not_good_by_its_quality_alone) {
  add(0, 1e9, Quality::kOutOfRange);
  add(1, 0.0, Quality::kMissing);
  add(2, NAN, Quality::kFault);
  CHECK_TRUE(summary.count() == 0);
  CHECK_TRUE(summary.readings() == 3);
  CHECK_FALSE(summary.first().has_value());
  add(3, 5.0, Quality::kSuspectClock);
  CHECK_TRUE(summary.count() == 1);
  CHECK_TRUE(summary.of(Quality::kFault) == 1);
  DOUBLES_EQUAL(5.0, summary.mean(), 0.0);
  DOUBLES_EQUAL(0.0, summary.deviation(), 0.0);
  DOUBLES_EQUAL(0.0, summary.rate(), 0.0);
}

TEST(Summary, has_a_deviation_where_the_mean_is_much_larger) {
  for (int i = 0; i < 1'000; ++i) add(i, 1e12 + (i % 2 == 0 ? 0.25 : -0.25));
  DOUBLES_EQUAL(0.25 * std::sqrt(1'000.0 / 999.0), summary.deviation(), 1e-13);
}

TEST(Summary, of_equal_values_has_no_deviation_and_their_mean) {
  for (int i = 0; i < 1'000; ++i) add(i, 0.1);
  DOUBLES_EQUAL(0.0, summary.deviation(), 0.0);
  DOUBLES_EQUAL(0.1, summary.mean(), 0.0);
}

TEST(Summary, goes_to_the_ends_of_what_doubles_hold) {
  add(0, 1e300);
  add(1, -1e300);
  DOUBLES_EQUAL(0.0, summary.mean(), 0.0);
  CHECK_TRUE(std::isinf(summary.deviation()));
}

TEST(Summary, is_made_again_of_its_parts) {
  CHECK_TRUE(Summary::from(summary.parts()) == summary);
  add(1, 0.1);
  add(2, -1e140);
  add(3, 7.0, Quality::kFault);
  const std::optional<Summary> back = Summary::from(summary.parts());
  CHECK_TRUE(back == summary);
  CHECK_TRUE(back->deviation() == summary.deviation());
}

TEST(Summary, is_not_made_of_parts_that_do_not_go_together) {
  add(1, 1.0);
  add(2, 3.0);
  const Summary::Parts good = summary.parts();
  const auto refused = [&](auto spoil) {
    Summary::Parts parts = good;
    spoil(parts);
    return !Summary::from(parts).has_value();
  };
  CHECK_FALSE(refused([](Summary::Parts&) {}));
  CHECK_TRUE(refused([](Summary::Parts& parts) { parts.by_quality[0] = 1ULL << 31; }));
  CHECK_TRUE(refused([](Summary::Parts& parts) { parts.min = std::nan(""); }));
  CHECK_TRUE(refused([](Summary::Parts& parts) { parts.max = HUGE_VAL; }));
  CHECK_TRUE(refused([](Summary::Parts& parts) { parts.first.value = 0.5; }));
  CHECK_TRUE(refused([](Summary::Parts& parts) { parts.last.value = 3.5; }));
  CHECK_TRUE(refused([](Summary::Parts& parts) { std::swap(parts.first, parts.last); }));
  CHECK_TRUE(refused([](Summary::Parts& parts) { parts.sum.add(1e300); }));
}

TEST(Summary, does_not_depend_on_order_or_parts) {
  struct One {
    std::int64_t time;
    double value;
    Quality quality;
  };
  std::vector<One> all;
  for (int i = 0; i < 400; ++i) {
    // Some are of the same time.
    all.push_back({static_cast<std::int64_t>(random() % 300),
                   std::ldexp(static_cast<double>(random() % 2'000) - 1'000.0,
                              static_cast<int>(random() % 40) - 20),
                   static_cast<Quality>(random() % kQualityCount)});
  }
  for (const One& one : all) summary.add(one.time, one.value, one.quality);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(all.begin(), all.end(), random);
    Summary parts;
    Summary part;
    for (const One& one : all) {
      part.add(one.time, one.value, one.quality);
      if (random() % 20 != 0) continue;
      parts.add(part);
      part = Summary();
    }
    parts.add(part);
    CHECK_TRUE(parts == summary);
    CHECK_TRUE(parts.deviation() == summary.deviation());
  }
}

}  // namespace sluice
