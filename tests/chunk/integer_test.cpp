#include "chunk/integer.hpp"

#include <bit>
#include <cstdint>
#include <limits>

#include <CppUTest/TestHarness.h>

using namespace sluice::chunk;

namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_GROUP(Integer){};

TEST(Integer, folding_keeps_small_numbers_small) {
  CHECK_TRUE(fold(0) == 0);
  CHECK_TRUE(fold(-1) == 1);
  CHECK_TRUE(fold(1) == 2);
  CHECK_TRUE(fold(kLowest) == std::numeric_limits<std::uint64_t>::max());
}

TEST(Integer, unfolding_gives_back_what_was_folded) {
  for (const std::int64_t value : {kLowest, kLowest + 1, std::int64_t{-1}, std::int64_t{0},
                                   std::int64_t{1}, kHighest - 1, kHighest}) {
    CHECK_TRUE(unfold(fold(value)) == value);
  }
}

TEST(Integer, the_sum_undoes_the_difference_of_any_two_numbers) {
  CHECK_TRUE(wrapping_sum(kLowest, wrapping_difference(kHighest, kLowest)) == kHighest);
  CHECK_TRUE(wrapping_sum(kHighest, wrapping_difference(kLowest, kHighest)) == kLowest);
}

TEST(Integer, a_length_is_that_of_the_standard_library) {
  for (unsigned bit = 0; bit < 63; ++bit) {
    for (const std::uint64_t value : {(std::uint64_t{1} << bit) - 1, std::uint64_t{1} << bit}) {
      CHECK_TRUE(length_of(value) == static_cast<unsigned>(std::bit_width(value)));
    }
  }
}
