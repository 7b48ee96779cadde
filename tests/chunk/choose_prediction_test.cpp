#include "chunk/choose_prediction.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

#include "chunk/choose_code.hpp"
#include "chunk/residuals.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice::chunk;

// Every kind has to earn its place: on data made for it, it is chosen, and without it the column
// would be longer.

namespace {

using Column = std::vector<std::int64_t>;

std::size_t exact_bits(const Column& integers, const Prediction& prediction) {
  BitCounter counter;
  put_prediction(counter, prediction);
  const auto residuals = residuals_of(integers, prediction);
  return counter.bits() + residual_bits(residuals, choose_code(residuals));
}

// The least that a kind without drift and weights takes, other than those named.
std::size_t least_bits_without(const Column& integers, std::initializer_list<Kind> without) {
  std::size_t least = std::numeric_limits<std::size_t>::max();
  const auto base_of = [&](Kind kind) { return kind == Kind::kBase ? integers.front() : 0; };
  for (const Kind kind : {Kind::kLevel, Kind::kLast, Kind::kLevel1, Kind::kLevel2, Kind::kLevel3,
                          Kind::kLevel4, Kind::kLine, Kind::kParabola, Kind::kBase}) {
    if (std::find(without.begin(), without.end(), kind) != without.end()) continue;
    least = std::min(least, exact_bits(integers, {kind, base_of(kind)}));
  }
  return least;
}

bool is_chosen(const Column& integers, std::initializer_list<Kind> kinds) {
  const Kind chosen = choose_prediction(integers).kind;
  return std::find(kinds.begin(), kinds.end(), chosen) != kinds.end();
}

// Chosen, and by `percent` shorter than what else is as simple.
bool earns(const Column& integers, std::initializer_list<Kind> kinds, std::size_t percent) {
  const std::size_t with = exact_bits(integers, choose_prediction(integers));
  return is_chosen(integers, kinds) &&
         with * 100 <= least_bits_without(integers, kinds) * (100 - percent);
}

constexpr std::initializer_list<Kind> kDrifts = {Kind::kDrift0, Kind::kDrift1, Kind::kDrift2,
                                                 Kind::kDrift3, Kind::kDrift4};

}  // namespace

TEST_GROUP(ChoosePrediction) {
  Made made{11};
  std::int64_t walk = 0;
};

TEST(ChoosePrediction, the_last_one_for_a_random_walk) {
  CHECK_TRUE(
      earns(Made::column(500, [&](auto) { return walk += made.noise(6); }), {Kind::kLast}, 3));
}

TEST(ChoosePrediction, a_long_memory_for_noise_about_a_constant) {
  CHECK_TRUE(earns(Made::column(500, [&](auto) { return 7'000 + made.noise(20); }),
                   {Kind::kLevel, Kind::kLevel3, Kind::kLevel4}, 1));
}

TEST(ChoosePrediction, a_short_memory_for_a_walk_under_noise) {
  const Column integers =
      Made::column(500, [&](auto) { return (walk += made.noise(20)) + made.noise(40); });
  CHECK_TRUE(earns(integers, {Kind::kLevel1, Kind::kLevel2}, 2));
}

TEST(ChoosePrediction, a_middling_memory_for_a_slow_walk_under_noise) {
  const Column integers =
      Made::column(500, [&](auto) { return (walk += made.noise(6)) + made.noise(20); });
  CHECK_TRUE(earns(integers, {Kind::kLevel2, Kind::kLevel3}, 1));
}

TEST(ChoosePrediction, a_base_for_a_constant_with_strays) {
  const Column integers = Made::column(
      500, [&](auto) { return made.below(20) == 0 ? made.below(1'000) : std::int64_t{215}; });
  CHECK_TRUE(earns(integers, {Kind::kBase}, 20));
}

TEST(ChoosePrediction, a_line_for_what_turns_slowly) {
  std::int64_t slope = 0;
  const Column integers = Made::column(500, [&](auto) { return walk += (slope += made.noise(4)); });
  CHECK_TRUE(earns(integers, {Kind::kLine}, 10));
}

TEST(ChoosePrediction, a_parabola_for_what_bends_slowly) {
  std::int64_t slope = 0;
  std::int64_t bend = 0;
  const Column integers =
      Made::column(500, [&](auto) { return walk += (slope += (bend += made.noise(2))); });
  CHECK_TRUE(earns(integers, {Kind::kParabola}, 15));
}

TEST(ChoosePrediction, a_drift_for_a_counter) {
  CHECK_TRUE(earns(Made::column(500, [&](auto) { return walk += made.below(5); }), kDrifts, 7));
}

TEST(ChoosePrediction, a_drift_with_memory_for_a_meter_that_rounds) {
  const Column integers = Made::column(500, [](auto i) { return 1'000'000 + i * 4'167 / 10'000; });
  CHECK_TRUE(earns(integers, {Kind::kDrift1, Kind::kDrift2, Kind::kDrift3, Kind::kDrift4}, 50));
}

TEST(ChoosePrediction, weights_for_vibration) {
  // An echo of the last two that hardly fades, driven by noise.
  Column last = {0, 0};
  const Column integers = Made::column(500, [&](auto) {
    const std::int64_t next = (last[0] * 158 - last[1] * 98) / 100 + made.noise(50);
    last = {next, last[0]};
    return next;
  });
  CHECK_TRUE(earns(integers, {Kind::kLinear}, 10));
}

TEST(ChoosePrediction, for_a_few_integers_every_bit_counts) {
  for (int round = 0; round < 200; ++round) {
    const Column integers = Made::column(6, [&](auto i) { return made.noise(5) + round * i; });
    const std::size_t bits = exact_bits(integers, choose_prediction(integers));
    CHECK_TRUE(bits <= exact_bits(integers, {Kind::kLast}));
    CHECK_TRUE(bits <= exact_bits(integers, {Kind::kLevel}));
    CHECK_TRUE(bits <= exact_bits(integers, {Kind::kLine}));
  }
}
