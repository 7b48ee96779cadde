#include "chunk/time_column.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

using Stamps = std::vector<std::int64_t>;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 12'345 * kSecond + 678'000'000;

std::size_t bits_of(const Stamps& stamps) {
  BitWriter out;
  append_times(out, stamps);
  return out.bits();
}

bool survive(const Stamps& stamps) {
  BitWriter out;
  append_times(out, stamps);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  Stamps back(stamps.size());
  back.front() = stamps.front();
  back.back() = stamps.back();
  take_times(in, back);
  return back == stamps && in.at_end();
}

bool is_refused(const BitWriter& written, Stamps stamps) {
  BitWriter out = written;
  const Bytes bytes = out.take();
  BitReader in(bytes);
  take_times(in, stamps);
  return in.overrun();
}

}  // namespace

TEST_GROUP(TimeColumn) {
  Made made{31};

  // `count` ticks of a second, each off by what `off` says.
  template <typename Off>
  static Stamps ticks(std::size_t count, Off off) {
    return Made::column(count, [&](auto i) { return kStart + i * kSecond + off(i); });
  }
};

TEST(TimeColumn, a_steady_channel_takes_two_bits) {
  const Stamps stamps = ticks(1'000, [](auto) { return 0; });
  CHECK_TRUE(bits_of(stamps) == 2);
  CHECK_TRUE(survive(stamps));
}

TEST(TimeColumn, one_and_two_stamps_take_two_bits) {
  CHECK_TRUE(bits_of({5}) == 2);
  CHECK_TRUE(bits_of({5, 7'777}) == 2);
  CHECK_TRUE(survive({5}));
  CHECK_TRUE(survive({5, 7'777}));
}

TEST(TimeColumn, jitter_takes_its_entropy) {
  // The entropy of this noise, of a standard deviation of 70 us, is 8.2 bits.
  const Stamps stamps = ticks(1'000, [&](auto) { return made.noise(100) * 1'000; });
  CHECK_TRUE(bits_of(stamps) < 8'500);
  CHECK_TRUE(survive(stamps));
}

TEST(TimeColumn, six_readings_with_jitter_need_no_period_and_no_unit) {
  CHECK_TRUE(bits_of(ticks(6, [&](auto) { return made.noise(100) * 1'000; })) < 60);
}

TEST(TimeColumn, a_missing_tick_costs_two_bytes) {
  const auto gone = [](auto i) { return (i >= 300 ? 3 * kSecond : 0) + (i >= 700 ? kSecond : 0); };
  const Stamps stamps = ticks(1'000, gone);
  CHECK_TRUE(bits_of(stamps) < 80);
  CHECK_TRUE(survive(stamps));
}

TEST(TimeColumn, missing_ticks_and_jitter_go_together) {
  std::int64_t late = 0;
  const Stamps stamps = ticks(1'000, [&](auto i) {
    if (i % 97 == 96) late += kSecond;
    return late + made.noise(3) * 1'000'000;
  });
  CHECK_TRUE(bits_of(stamps) < 4'300);
  CHECK_TRUE(survive(stamps));
}

TEST(TimeColumn, a_clock_that_drifts_takes_a_bit_a_reading) {
  const Stamps stamps = ticks(1'000, [](auto i) { return i * 20'300 / 1'000 * 1'000; });
  CHECK_TRUE(bits_of(stamps) < 1'200);
  CHECK_TRUE(survive(stamps));
}

TEST(TimeColumn, events_without_a_grid_survive) {
  std::int64_t time = kStart;
  CHECK_TRUE(survive(Made::column(500, [&](auto) { return time += made.below(kSecond); })));
}

TEST(TimeColumn, stamps_from_end_to_end_survive) {
  using Limits = std::numeric_limits<std::int64_t>;
  CHECK_TRUE(survive({Limits::min(), 0, Limits::max()}));
  CHECK_TRUE(survive({Limits::min(), Limits::min(), Limits::max(), Limits::max()}));
  CHECK_TRUE(survive({Limits::min(), Limits::max() - 1, Limits::max()}));
  CHECK_TRUE(survive({0, 0, 0, 1, 1}));
}

TEST(TimeColumn, random_stamps_survive) {
  for (int round = 0; round < 300; ++round) {
    std::int64_t time = static_cast<std::int64_t>(made.bits() >> 2);
    const std::int64_t unit = round % 3 == 0 ? 1 : 1'000;
    const auto shift = static_cast<unsigned>(24 + made.below(40));
    const auto count = static_cast<std::size_t>(1 + made.below(60));
    CHECK_TRUE(survive(Made::column(count, [&](auto) {
      return time += static_cast<std::int64_t>(made.bits() >> shift) / unit * unit;
    })));
  }
}

TEST(TimeColumn, an_unknown_mode_is_refused) {
  BitWriter out;
  out.put(3, 2);
  out.put(0, 64);
  CHECK_TRUE(is_refused(out, {0, 0, 9}));
}

TEST(TimeColumn, a_span_that_is_no_multiple_of_the_steps_is_not_steady) {
  BitWriter out;
  out.put(0, 2);
  CHECK_TRUE(is_refused(out, {0, 0, 0, 10}));
  CHECK_FALSE(is_refused(out, {0, 0, 0, 9}));
}

TEST(TimeColumn, one_stamp_is_near_no_grid) {
  BitWriter out;
  out.put(1, 2);
  out.put(0, 64);
  CHECK_TRUE(is_refused(out, {7}));
}

// The fuzzer found it: rounding the mean step to two digits passed the largest number there is.
TEST(TimeColumn, the_grid_of_two_stamps_far_apart_is_a_number) {
  BitWriter out;
  out.put(1, 2);
  out.put(0, 64);
  CHECK_FALSE(is_refused(out, {0, 9'211'268'231'510'097'920}));
  CHECK_FALSE(is_refused(out, {0, std::numeric_limits<std::int64_t>::max()}));
}

TEST(TimeColumn, steps_near_the_largest_number_survive) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  CHECK_TRUE(survive({-kMost, 0, kMost}));
  CHECK_TRUE(survive({-kMost, -1, kMost - 2, kMost}));
  CHECK_TRUE(survive({-kMost, 7, kMost - 9, kMost - 8, kMost}));
}

TEST(TimeColumn, a_missing_tick_outside_the_chunk_is_refused) {
  BitWriter out;
  out.put(2, 2);
  put_number(out, 0, 1);  // a period of 10
  put_number(out, 10, 1);
  put_number(out, 1, 0);  // one gap, before index 4
  put_number(out, 3, kWide);
  put_number(out, 0, 0);
  put_number(out, 0, 1);  // all exactly on the grid
  CHECK_TRUE(is_refused(out, {0, 0, 0, 30}));
  CHECK_FALSE(is_refused(out, {0, 0, 0, 0, 0, 60}));
}
