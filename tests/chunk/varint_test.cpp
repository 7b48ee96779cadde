#include "chunk/varint.hpp"

#include <cstdint>
#include <limits>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

Bytes bytes_of(std::initializer_list<unsigned> values) {
  Bytes bytes;
  for (const unsigned value : values) append_byte(bytes, static_cast<std::uint8_t>(value));
  return bytes;
}

bool is_refused(const Bytes& bytes) {
  Source source(bytes);
  return !take_varint(source).has_value();
}

}  // namespace

TEST_GROUP(Varint){};

TEST(Varint, gives_back_every_length_of_number) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t value : {(std::uint64_t{1} << bit) - 1, std::uint64_t{1} << bit}) {
      Bytes bytes;
      append_varint(bytes, value);
      Source source(bytes);
      CHECK_TRUE(take_varint(source) == value);
      CHECK_TRUE(source.left() == 0);
    }
  }
}

TEST(Varint, takes_seven_bits_a_byte) {
  Bytes bytes;
  append_varint(bytes, 300);
  CHECK_TRUE(bytes == bytes_of({0xAC, 0x02}));
}

TEST(Varint, refuses_an_end_inside) {
  CHECK_TRUE(is_refused({}));
  CHECK_TRUE(is_refused(bytes_of({0x80})));
}

TEST(Varint, refuses_more_than_64_bits) {
  CHECK_TRUE(is_refused(bytes_of({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02})));
  CHECK_TRUE(
      is_refused(bytes_of({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0x00})));
}

TEST(Varint, refuses_a_number_longer_than_need_be) {
  CHECK_TRUE(is_refused(bytes_of({0x80, 0x00})));
  CHECK_TRUE(is_refused(bytes_of({0xAC, 0x82, 0x00})));
}

TEST(Varint, folding_keeps_small_numbers_small) {
  CHECK_TRUE(fold(0) == 0);
  CHECK_TRUE(fold(-1) == 1);
  CHECK_TRUE(fold(1) == 2);
  CHECK_TRUE(fold(kLowest) == std::numeric_limits<std::uint64_t>::max());
}

TEST(Varint, unfolding_gives_back_what_was_folded) {
  for (const std::int64_t value : {kLowest, kLowest + 1, std::int64_t{-1}, std::int64_t{0},
                                   std::int64_t{1}, kHighest - 1, kHighest}) {
    CHECK_TRUE(unfold(fold(value)) == value);
  }
}

TEST(Varint, the_sum_undoes_the_difference_of_any_two_numbers) {
  CHECK_TRUE(wrapping_sum(kLowest, wrapping_difference(kHighest, kLowest)) == kHighest);
  CHECK_TRUE(wrapping_sum(kHighest, wrapping_difference(kLowest, kHighest)) == kLowest);
}
