#include "core/checksum.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Checksum){static std::span<const std::byte> bytes_of(std::string_view text){
    return std::as_bytes(std::span(text));
}
// The definition, a bit at a time.
static std::uint32_t plain_crc32(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::byte byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}
static std::vector<std::byte> pattern(std::size_t length) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<std::byte>(i * 37 + 11));
  return bytes;
}
}
;

TEST(Checksum, gives_the_check_value_of_the_standard) {
  CHECK_EQUAL(0xCBF43926U, crc32(bytes_of("123456789")));
}

TEST(Checksum, of_nothing_is_zero) {
  CHECK_EQUAL(0U, crc32({}));
}

TEST(Checksum, agrees_with_the_definition_at_every_length) {
  for (std::size_t length = 0; length < 70; ++length) {
    const std::vector<std::byte> bytes = pattern(length);
    CHECK_EQUAL(plain_crc32(bytes), crc32(bytes));
  }
}

TEST(Checksum, goes_on_where_it_was_cut) {
  const std::vector<std::byte> bytes = pattern(50);
  const std::span<const std::byte> all(bytes);
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    CHECK_EQUAL(crc32(all), crc32(all.subspan(cut), crc32(all.first(cut))));
  }
}

TEST(Checksum, notices_every_single_flipped_bit) {
  std::vector<std::byte> bytes = pattern(40);
  const std::uint32_t intact = crc32(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const std::byte mask = std::byte{1} << (bit % 8);
    bytes[bit / 8] ^= mask;
    CHECK_FALSE(intact == crc32(bytes));
    bytes[bit / 8] ^= mask;
  }
}

}  // namespace sluice
