#include "chunk/bits.hpp"

#include <cstdint>
#include <initializer_list>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

Bytes bytes_of(std::initializer_list<unsigned> values) {
  Bytes bytes;
  for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

std::vector<std::uint64_t> lengths_of_all_kinds() {
  std::vector<std::uint64_t> values;
  for (unsigned bit = 0; bit < 64; ++bit) {
    values.push_back((std::uint64_t{1} << bit) - 1);
    values.push_back(std::uint64_t{1} << bit);
  }
  values.push_back(~std::uint64_t{0});
  return values;
}

std::size_t number_bits(std::uint64_t value, unsigned order) {
  BitCounter counter;
  put_number(counter, value, order);
  return counter.bits();
}

}  // namespace

TEST_GROUP(Bits){};

TEST(Bits, the_first_bit_is_the_lowest) {
  BitWriter out;
  out.put(1, 1);
  out.put(0b10, 2);
  out.put(0x5A5, 12);
  CHECK_TRUE(out.take() == bytes_of({0x2D, 0x2D}));
}

TEST(Bits, gives_back_numbers_of_every_width) {
  BitWriter out;
  for (unsigned width = 0; width <= 64; ++width) {
    out.put(width == 0 ? 0 : ~std::uint64_t{0} >> (64 - width), width);
    out.put(0, width);
  }
  const Bytes bytes = out.take();
  BitReader in(bytes);
  for (unsigned width = 0; width <= 64; ++width) {
    CHECK_TRUE(in.take(width) == (width == 0 ? 0 : ~std::uint64_t{0} >> (64 - width)));
    CHECK_TRUE(in.take(width) == 0);
  }
  CHECK_TRUE(in.at_end());
}

TEST(Bits, a_taken_writer_is_empty) {
  BitWriter out;
  out.put(0x1FF, 9);
  CHECK_TRUE(out.take().size() == 2);
  CHECK_TRUE(out.bits() == 0);
  CHECK_TRUE(out.take().empty());
}

TEST(Bits, beyond_the_end_are_zeros_and_an_overrun) {
  const Bytes bytes = bytes_of({0xFF, 0xFF, 0xFF});
  BitReader in(bytes);
  CHECK_TRUE(in.take(20) == 0xFFFFF);
  CHECK_TRUE(in.take(64) == 0xF);
  CHECK_TRUE(in.overrun());
  CHECK_TRUE(in.take(64) == 0);
}

TEST(Bits, the_last_bits_are_read_wherever_they_lie) {
  for (std::size_t size = 1; size < 20; ++size) {
    const Bytes bytes(size, std::byte{0xA5});
    for (std::size_t byte = 0; byte < size; ++byte) {
      BitReader in(bytes);
      for (std::size_t i = 0; i < byte; ++i) CHECK_TRUE(in.take(8) == 0xA5);
      CHECK_TRUE((in.peek() & 0xFF) == 0xA5);
      CHECK_FALSE(in.overrun());
    }
  }
}

TEST(Bits, the_end_is_where_only_zeros_fill_the_byte) {
  const Bytes bytes = bytes_of({0x03, 0x01});
  BitReader in(bytes);
  CHECK_FALSE(in.at_end());
  in.skip(8);
  CHECK_FALSE(in.at_end());
  in.skip(1);
  CHECK_TRUE(in.at_end());
  in.skip(7);
  CHECK_TRUE(in.at_end());
  in.skip(1);
  CHECK_FALSE(in.at_end());
}

TEST(Bits, the_rest_begins_at_a_whole_byte) {
  const Bytes bytes = bytes_of({1, 2, 3});
  BitReader in(bytes);
  CHECK_TRUE(in.rest().size() == 3);
  in.skip(1);
  CHECK_TRUE(in.rest().size() == 2);
  in.skip(30);
  CHECK_TRUE(in.rest().empty());
}

TEST(Bits, a_failed_reader_has_overrun) {
  const Bytes bytes = bytes_of({1, 2, 3});
  BitReader in(bytes);
  in.fail();
  CHECK_TRUE(in.overrun());
  CHECK_FALSE(in.at_end());
}

TEST(Bits, gives_back_numbers_of_every_length_in_every_order) {
  for (const unsigned order : {0U, 1U, 2U, kWide}) {
    BitWriter out;
    for (const std::uint64_t value : lengths_of_all_kinds()) put_number(out, value, order);
    const Bytes bytes = out.take();
    BitReader in(bytes);
    for (const std::uint64_t value : lengths_of_all_kinds()) {
      CHECK_TRUE(take_number(in, order) == value);
    }
    CHECK_TRUE(in.at_end());
  }
}

TEST(Bits, the_order_says_which_numbers_are_short) {
  CHECK_TRUE(number_bits(0, 0) == 1);
  CHECK_TRUE(number_bits(1, 0) == 2);
  CHECK_TRUE(number_bits(0, kWide) == 4);
  CHECK_TRUE(number_bits(100'000, 0) == 34);
  CHECK_TRUE(number_bits(100'000, kWide) == 22);
}

TEST(Bits, a_number_beyond_64_bits_fails) {
  for (const unsigned order : {0U, kWide}) {
    const Bytes zeros(32);
    BitReader in(zeros);
    CHECK_TRUE(take_number(in, order) == 0);
    CHECK_TRUE(in.overrun());
  }
  // 64 >> 3 zeros and a rest of 1: a length of 65.
  BitWriter out;
  out.put(0, 8);
  out.put(1, 1);
  out.put(1, 3);
  out.put(0, 64);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  take_number(in, kWide);
  CHECK_TRUE(in.overrun());
}

TEST(Bits, the_counter_counts_what_the_writer_writes) {
  BitWriter out;
  for (const std::uint64_t value : lengths_of_all_kinds()) {
    const std::size_t before = out.bits();
    put_number(out, value, 1);
    CHECK_TRUE(out.bits() - before == number_bits(value, 1));
  }
}
