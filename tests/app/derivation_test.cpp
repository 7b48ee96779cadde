#include "app/derivation.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "core/channel.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

TEST_GROUP(Derivation) {
  std::vector<ChannelPipeline> sources;

  // "a / b" over two channels whose latest readings are these.
  Sample ratio(const Sample& a, const Sample& b) {
    sources.clear();
    for (const Sample& sample : {a, b}) {
      sources.emplace_back(ChannelId{static_cast<std::uint16_t>(sources.size())}, ChannelSpec{},
                           std::span<const AlertId>{});
      std::array<AlertEvent, 1> alerts;
      static_cast<void>(sources.back().process(Instant{}, sample, alerts));
    }
    return derive().sample();
  }
  Derivation derive() {
    Derivation derivation(*hal::Formula::compile("a / b"), {ChannelId{0}, ChannelId{1}});
    derivation.bind({&sources[0], &sources[1]});
    return derivation;
  }
  Quality quality(Quality a, Quality b) {
    return ratio({1.0, a}, {2.0, b}).quality;
  }
};

TEST(Derivation, calculates_with_the_latest_readings) {
  const Sample sample = ratio({3.0, Quality::kGood}, {2.0, Quality::kGood});
  CHECK_EQUAL(1.5, sample.value);
  CHECK_TRUE(sample.quality == Quality::kGood);
}

TEST(Derivation, has_the_worst_quality_of_its_inputs) {
  const std::vector<Quality> rising{Quality::kGood,  Quality::kSuspectClock, Quality::kOutOfRange,
                                    Quality::kStale, Quality::kFault,        Quality::kMissing};
  CHECK_EQUAL(std::size_t{kQualityCount}, rising.size());
  for (std::size_t a = 0; a < rising.size(); ++a) {
    for (std::size_t b = 0; b < rising.size(); ++b) {
      CHECK_TRUE(worse(rising[a], rising[b]) == rising[std::max(a, b)]);
      CHECK_TRUE(quality(rising[a], rising[b]) == rising[std::max(a, b)]);
    }
  }
}

TEST(Derivation, calculates_with_a_stale_value_and_says_so) {
  const Sample sample = ratio({3.0, Quality::kStale}, {2.0, Quality::kGood});
  CHECK_EQUAL(1.5, sample.value);
  CHECK_TRUE(sample.quality == Quality::kStale);
}

TEST(Derivation, calculates_nothing_with_a_fault) {
  const Sample sample = ratio({3.0, Quality::kFault}, {2.0, Quality::kGood});
  CHECK_EQUAL(0.0, sample.value);
  CHECK_TRUE(sample.quality == Quality::kFault);
}

TEST(Derivation, is_missing_before_its_inputs_were_read) {
  sources.emplace_back(ChannelId{0}, ChannelSpec{}, std::span<const AlertId>{});
  sources.emplace_back(ChannelId{1}, ChannelSpec{}, std::span<const AlertId>{});
  CHECK_TRUE(derive().sample().quality == Quality::kMissing);
}

TEST(Derivation, a_division_by_zero_is_a_fault) {
  CHECK_TRUE(ratio({3.0, Quality::kGood}, {0.0, Quality::kGood}).quality == Quality::kFault);
  CHECK_TRUE(ratio({3.0, Quality::kStale}, {0.0, Quality::kGood}).quality == Quality::kFault);
}

TEST(Derivation, an_input_that_is_no_number_is_a_fault) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_TRUE(ratio({nan, Quality::kGood}, {2.0, Quality::kGood}).quality == Quality::kFault);
  CHECK_TRUE(ratio({nan, Quality::kStale}, {2.0, Quality::kGood}).quality == Quality::kFault);
}
