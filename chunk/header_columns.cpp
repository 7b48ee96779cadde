#include "chunk/header_columns.hpp"

#include <algorithm>
#include <limits>

#include "chunk/integer.hpp"
#include "chunk/integer_column.hpp"

namespace sluice::chunk {
namespace {

using Headers = std::span<const PackedHeader>;

// Stamps are in units of 10^digits ns.
constexpr unsigned kUnitDigitsMax = 9;
constexpr unsigned kUnitDigitsBits = 4;

std::int64_t unit_of(unsigned digits) {
  std::int64_t unit = 1;
  for (; digits > 0; --digits) unit *= 10;
  return unit;
}

std::int64_t span_of(const ChunkHeader& header) {
  return wrapping_difference(to_ns(header.last), to_ns(header.first));
}

unsigned common_digits(Headers headers) {
  unsigned digits = kUnitDigitsMax;
  for (const PackedHeader& packed : headers) {
    while (to_ns(packed.header.first) % unit_of(digits) != 0 ||
           span_of(packed.header) % unit_of(digits) != 0) {
      --digits;
    }
  }
  return digits;
}

// The period that the spans are multiples of, if they are; 0 when no chunk has a step.
std::int64_t period_of(Headers headers, std::int64_t unit) {
  const auto found = std::find_if(headers.begin(), headers.end(), [](const PackedHeader& packed) {
    return packed.header.count > 1;
  });
  if (found == headers.end()) return 0;
  return std::max(span_of(found->header) / unit / (found->header.count - 1), std::int64_t{0});
}

// The nearest whole number of periods.
std::int64_t periods_in(std::int64_t distance, std::int64_t period) {
  if (period == 0) return 0;
  const std::int64_t half = distance < 0 ? -(period / 2) : period / 2;
  return wrapping_sum(distance, half) / period;
}

// A column of what `of(packed, index)` gives, behind its first entry, which is not negative.
template <typename Of>
void put_column(BitWriter& out, Headers headers, Of of) {
  std::vector<std::int64_t> column;
  column.reserve(headers.size());
  for (const PackedHeader& packed : headers) {
    column.push_back(of(packed, static_cast<std::int64_t>(column.size())));
  }
  put_number(out, static_cast<std::uint64_t>(column.front()), kWide);
  append_integers(out, column);
}

// A column that begins with 0.
template <typename Of>
void put_rest(BitWriter& out, Headers headers, Of of) {
  std::vector<std::int64_t> column;
  column.reserve(headers.size());
  for (const PackedHeader& packed : headers) column.push_back(of(packed));
  append_integers(out, column);
}

template <typename Set>
void take_rest(BitReader& in, std::span<PackedHeader> headers, std::int64_t first, Set set) {
  std::vector<std::int64_t> column(headers.size());
  column.front() = first;
  take_integers(in, column);
  for (std::size_t i = 0; i < headers.size() && !in.overrun(); ++i) {
    if (!set(headers[i], column[i], static_cast<std::int64_t>(i))) in.fail();
  }
}

template <typename Set>
void take_column(BitReader& in, std::span<PackedHeader> headers, Set set) {
  take_rest(in, headers, static_cast<std::int64_t>(take_number(in, kWide)), set);
}

bool is_within(std::int64_t value, std::uint64_t max) {
  return value >= 0 && static_cast<std::uint64_t>(value) <= max;
}

}  // namespace

void append_headers(BitWriter& out, Headers headers) {
  put_number(out, headers.size() - 1, kWide);
  const unsigned digits = common_digits(headers);
  const std::int64_t unit = unit_of(digits);
  const std::int64_t period = period_of(headers, unit);
  out.put(digits, kUnitDigitsBits);
  put_scaled(out, static_cast<std::uint64_t>(period));
  put_column(out, headers, [](const PackedHeader& packed, std::int64_t i) {
    return wrapping_difference(static_cast<std::int64_t>(packed.header.key.seq), i);
  });
  put_column(out, headers, [](const PackedHeader& packed, std::int64_t i) {
    return index_of(packed.header.channel) - i;
  });
  put_column(out, headers, [](const PackedHeader& packed, std::int64_t) {
    return std::int64_t{packed.header.count};
  });
  const std::int64_t begin = to_ns(headers.front().header.first) / unit;
  put_number(out, fold(begin), kWide);
  const auto distance = [&](const PackedHeader& packed) {
    return wrapping_difference(to_ns(packed.header.first) / unit, begin);
  };
  put_rest(out, headers,
           [&](const PackedHeader& packed) { return periods_in(distance(packed), period); });
  put_rest(out, headers, [&](const PackedHeader& packed) {
    const std::int64_t periods = periods_in(distance(packed), period);
    return wrapping_difference(distance(packed), wrapping_product(periods, period));
  });
  put_column(out, headers, [&](const PackedHeader& packed, std::int64_t) {
    const std::int64_t steps = packed.header.count - std::int64_t{1};
    return wrapping_difference(span_of(packed.header) / unit, wrapping_product(steps, period));
  });
  put_rest(out, headers,
           [](const PackedHeader& packed) { return static_cast<std::int64_t>(packed.shared); });
  put_column(out, headers, [](const PackedHeader& packed, std::int64_t) {
    return static_cast<std::int64_t>(packed.own);
  });
}

std::vector<PackedHeader> take_headers(BitReader& in, std::size_t count_max) {
  const std::uint64_t more = take_number(in, kWide);
  const auto digits = static_cast<unsigned>(in.take(kUnitDigitsBits));
  const auto period = static_cast<std::int64_t>(take_scaled(in));
  if (more >= count_max || digits > kUnitDigitsMax) in.fail();
  if (in.overrun()) return {};
  const std::int64_t unit = unit_of(digits);
  std::vector<PackedHeader> headers(static_cast<std::size_t>(more) + 1);
  take_column(in, headers, [](PackedHeader& packed, std::int64_t value, std::int64_t i) {
    packed.header.key.seq = static_cast<std::uint64_t>(wrapping_sum(value, i));
    return packed.header.key.seq >= 1;
  });
  take_column(in, headers, [](PackedHeader& packed, std::int64_t value, std::int64_t i) {
    const std::int64_t channel = wrapping_sum(value, i);
    packed.header.channel = static_cast<ChannelId>(channel);
    return is_within(channel, std::numeric_limits<std::uint16_t>::max());
  });
  take_column(in, headers, [](PackedHeader& packed, std::int64_t value, std::int64_t) {
    packed.header.count = static_cast<std::uint32_t>(value);
    return value >= 1 && is_within(value, std::numeric_limits<std::uint32_t>::max());
  });
  const std::int64_t begin = unfold(take_number(in, kWide));
  take_rest(in, headers, 0, [&](PackedHeader& packed, std::int64_t value, std::int64_t) {
    packed.header.first = instant_from_ns(wrapping_sum(begin, wrapping_product(value, period)));
    return true;
  });
  take_rest(in, headers, 0, [&](PackedHeader& packed, std::int64_t value, std::int64_t) {
    const std::int64_t first = wrapping_sum(to_ns(packed.header.first), value);
    packed.header.first = instant_from_ns(wrapping_product(first, unit));
    return true;
  });
  take_column(in, headers, [&](PackedHeader& packed, std::int64_t value, std::int64_t) {
    const std::int64_t steps = packed.header.count - std::int64_t{1};
    const std::int64_t span =
        wrapping_product(wrapping_sum(value, wrapping_product(steps, period)), unit);
    packed.header.last = instant_from_ns(wrapping_sum(to_ns(packed.header.first), span));
    return packed.header.first <= packed.header.last;
  });
  take_rest(in, headers, 0, [](PackedHeader& packed, std::int64_t value, std::int64_t) {
    packed.shared = static_cast<std::size_t>(value);
    return is_within(value, std::numeric_limits<std::uint32_t>::max());
  });
  take_column(in, headers, [](PackedHeader& packed, std::int64_t value, std::int64_t) {
    packed.own = static_cast<std::size_t>(value);
    return is_within(value, std::numeric_limits<std::uint32_t>::max());
  });
  if (in.overrun()) return {};
  return headers;
}

}  // namespace sluice::chunk
