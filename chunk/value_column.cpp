#include "chunk/value_column.hpp"

#include <bit>
#include <cstdint>

#include "chunk/decimal.hpp"
#include "chunk/varint.hpp"

namespace sluice::chunk {
namespace {

// How the column is written; its first byte. Numbers stay.
constexpr std::uint8_t kRaw = 0;      // the doubles as they are, 8 bytes each
constexpr std::uint8_t kDecimal = 1;  // one scale, then the mantissas' steps as folded varints

// The smallest scale at which all values are decimals. A decimal of one scale mostly is one of
// every larger scale too, so one pass finds it; the encoder checks each value again.
std::optional<std::uint8_t> common_scale(std::span<const double> values) {
  std::optional<std::uint8_t> scale = 0;
  for (const double value : values) {
    scale = decimal_scale(value, *scale);
    if (!scale) break;
  }
  return scale;
}

std::optional<Bytes> decimal_column(std::span<const double> values) {
  const std::optional<std::uint8_t> scale = common_scale(values);
  if (!scale) return std::nullopt;
  Bytes column;
  append_byte(column, kDecimal);
  append_byte(column, *scale);
  std::int64_t previous = 0;
  for (const double value : values) {
    const std::optional<std::int64_t> mantissa = to_mantissa(value, *scale);
    if (!mantissa) return std::nullopt;
    append_varint(column, fold(*mantissa - previous));
    previous = *mantissa;
  }
  return column;
}

Bytes raw_column(std::span<const double> values) {
  Bytes column;
  column.reserve(1 + values.size() * sizeof(double));
  append_byte(column, kRaw);
  for (const double value : values) append_word(column, std::bit_cast<std::uint64_t>(value));
  return column;
}

std::optional<std::vector<double>> take_raw(Source& source, std::size_t count) {
  if (source.left() / sizeof(double) < count) return std::nullopt;
  std::vector<double> values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(std::bit_cast<double>(*source.take_word()));
  }
  return values;
}

std::optional<std::vector<double>> take_decimal(Source& source, std::size_t count) {
  const std::optional<std::uint8_t> scale = source.take_byte();
  if (!scale || *scale > kScaleMax || source.left() < count) return std::nullopt;
  std::vector<double> values;
  values.reserve(count);
  std::int64_t mantissa = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<std::uint64_t> step = take_varint(source);
    if (!step) return std::nullopt;
    mantissa = wrapping_sum(mantissa, unfold(*step));
    if (!is_mantissa(mantissa)) return std::nullopt;
    values.push_back(from_mantissa(mantissa, *scale));
  }
  return values;
}

}  // namespace

void append_values(Bytes& out, std::span<const double> values) {
  const std::size_t raw_bytes = 1 + values.size() * sizeof(double);
  std::optional<Bytes> column = decimal_column(values);
  if (!column || column->size() >= raw_bytes) column = raw_column(values);
  out.insert(out.end(), column->begin(), column->end());
}

std::optional<std::vector<double>> take_values(Source& source, std::size_t count) {
  const std::optional<std::uint8_t> mode = source.take_byte();
  if (mode == kRaw) return take_raw(source, count);
  if (mode == kDecimal) return take_decimal(source, count);
  return std::nullopt;
}

}  // namespace sluice::chunk
