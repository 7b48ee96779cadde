#include "chunk/header_columns.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include "chunk/integer_column.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

using Headers = std::vector<PackedHeader>;
constexpr std::int64_t kSecond = 1'000'000'000;

PackedHeader packed(std::uint64_t seq, std::uint16_t channel, std::uint32_t count,
                    std::int64_t first_ns, std::int64_t last_ns) {
  PackedHeader header;
  header.header.key.seq = seq;
  header.header.channel = ChannelId{channel};
  header.header.count = count;
  header.header.first = instant_from_ns(first_ns);
  header.header.last = instant_from_ns(last_ns);
  return header;
}

// As an honest gateway seals them: consecutive keys and channels, one grid.
Headers sealed_together(std::uint16_t channels) {
  Headers headers;
  for (std::uint16_t channel = 0; channel < channels; ++channel) {
    headers.push_back(packed(100U + channel, channel, 60, 5 * kSecond, 64 * kSecond));
  }
  return headers;
}

bool same(const Headers& a, const Headers& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const PackedHeader& x, const PackedHeader& y) {
        return x.header.key.seq == y.header.key.seq && x.header.channel == y.header.channel &&
               x.header.count == y.header.count && x.header.first == y.header.first &&
               x.header.last == y.header.last && x.shared == y.shared && x.own == y.own;
      });
}

std::size_t bits_of(const Headers& headers) {
  BitWriter out;
  append_headers(out, headers);
  return out.bits();
}

Headers give_back(const Headers& headers, std::size_t count_max = 4'096) {
  BitWriter out;
  append_headers(out, headers);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  return take_headers(in, count_max);
}

}  // namespace

TEST_GROUP(HeaderColumns){};

TEST(HeaderColumns, what_is_to_be_expected_is_free) {
  // Only the number of chunks itself gets longer.
  CHECK_TRUE(bits_of(sealed_together(2'000)) == bits_of(sealed_together(2)) + 11);
}

TEST(HeaderColumns, channels_with_stamps_of_their_own_take_the_difference) {
  Headers headers = sealed_together(16);
  const std::size_t together = bits_of(headers);
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const Duration shift(static_cast<std::int64_t>(i) * 2'000'000 + (i < 7 ? kSecond : 0));
    headers[i].header.first += shift;
    headers[i].header.last += shift;
  }
  CHECK_TRUE(bits_of(headers) < together + 60);
  CHECK_TRUE(same(give_back(headers), headers));
}

TEST(HeaderColumns, gives_back_the_extremes) {
  using Limits = std::numeric_limits<std::int64_t>;
  const Headers headers = {
      packed(~std::uint64_t{0}, 0xFFFF, 0xFFFFFFFF, Limits::min(), Limits::max()),
      packed(1, 0, 1, Limits::max(), Limits::max()), packed(7, 9, 2, Limits::min(), Limits::min())};
  CHECK_TRUE(same(give_back(headers), headers));
  CHECK_TRUE(same(give_back({headers[1]}), {headers[1]}));
  CHECK_TRUE(same(give_back({headers[0]}), {headers[0]}));
}

TEST(HeaderColumns, gives_back_headers_at_random) {
  Made made(71);
  for (int round = 0; round < 100; ++round) {
    Headers headers;
    const auto shift = static_cast<unsigned>(made.below(60));
    for (std::int64_t i = 0, count = 1 + made.below(40); i < count; ++i) {
      const auto first = static_cast<std::int64_t>(made.bits() >> (2 + shift));
      const auto last = first + static_cast<std::int64_t>(made.bits() >> (2 + shift));
      headers.push_back(packed(1 + (made.bits() >> 1 >> shift),
                               static_cast<std::uint16_t>(made.bits()),
                               1 + static_cast<std::uint32_t>(made.below(1'000)), first, last));
      headers.back().shared = i == 0 ? 0 : static_cast<std::size_t>(made.below(99));
      headers.back().own = static_cast<std::size_t>(made.below(1'000));
    }
    CHECK_TRUE(same(give_back(headers), headers));
  }
}

TEST(HeaderColumns, any_header_takes_less_than_96_bytes) {
  Made made(72);
  Headers headers;
  for (int i = 0; i < 4'096; ++i) {
    const auto first = static_cast<std::int64_t>(made.bits());
    const std::int64_t last = std::numeric_limits<std::int64_t>::max();
    headers.push_back(packed(1 + (made.bits() >> 1), static_cast<std::uint16_t>(made.bits()),
                             1 + static_cast<std::uint32_t>(made.bits() >> 33), first, last));
    headers.back().shared = i == 0 ? 0 : static_cast<std::size_t>(made.bits() >> 33);
    headers.back().own = static_cast<std::size_t>(made.bits() >> 33);
  }
  CHECK_TRUE(bits_of(headers) < headers.size() * 96 * 8);
}

TEST(HeaderColumns, more_than_the_most_are_refused) {
  CHECK_TRUE(give_back(sealed_together(10), 10).size() == 10);
  CHECK_TRUE(give_back(sealed_together(10), 9).empty());
}

TEST(HeaderColumns, headers_that_make_no_sense_are_refused) {
  const auto is_refused = [](auto change) {
    Headers headers = sealed_together(3);
    change(headers[1]);
    return give_back(headers).empty();
  };
  CHECK_FALSE(is_refused([](PackedHeader&) {}));
  CHECK_TRUE(is_refused([](PackedHeader& one) { one.header.key.seq = 0; }));
  CHECK_TRUE(is_refused([](PackedHeader& one) { one.header.count = 0; }));
  CHECK_TRUE(is_refused([](PackedHeader& one) { one.header.first = Instant::max(); }));
}

TEST(HeaderColumns, a_unit_beyond_a_second_is_refused) {
  BitWriter out;
  put_number(out, 0, kWide);
  out.put(10, 4);
  out.put(~std::uint64_t{0}, 64);
  out.put(~std::uint64_t{0}, 64);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  CHECK_TRUE(take_headers(in, 10).empty());
}
