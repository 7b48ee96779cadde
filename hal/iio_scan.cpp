#include "hal/iio_scan.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

std::optional<unsigned> number(std::string_view text) {
  const std::optional<std::uint64_t> count = parse_count(text);
  constexpr std::uint64_t kBitsMax = 64;
  return count && *count <= kBitsMax ? std::optional(static_cast<unsigned>(*count)) : std::nullopt;
}

}  // namespace

std::optional<IioFormat> parse_iio_format(std::string_view text) {
  text = trimmed(text);
  IioFormat format;
  if (text.starts_with("be:")) {
    format.big_endian = true;
  } else if (!text.starts_with("le:")) {
    return std::nullopt;
  }
  text.remove_prefix(3);
  if (!text.starts_with('s') && !text.starts_with('u')) return std::nullopt;
  format.is_signed = text.front() == 's';
  text.remove_prefix(1);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::size_t shift = text.find(">>");
  if (shift != std::string_view::npos && shift < slash) return std::nullopt;
  const std::optional<unsigned> bits = number(text.substr(0, slash));
  const std::optional<unsigned> storage =
      number(text.substr(slash + 1, shift == std::string_view::npos ? shift : shift - slash - 1));
  const std::optional<unsigned> places =
      shift == std::string_view::npos ? std::optional(0U) : number(text.substr(shift + 2));
  if (!bits || !storage || !places) return std::nullopt;
  const bool is_whole = *storage == 8 || *storage == 16 || *storage == 32 || *storage == 64;
  if (!is_whole || *bits == 0 || *bits + *places > *storage) return std::nullopt;
  format.bits = *bits;
  format.storage_bits = *storage;
  format.shift = *places;
  return format;
}

Result<std::size_t> lay_out(std::vector<IioElement>& elements) {
  std::ranges::sort(elements, {}, &IioElement::index);
  std::size_t end = 0;
  std::size_t largest = 1;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i > 0 && elements[i].index == elements[i - 1].index) {
      return Error{ErrorCode::kInvalid, elements[i].name + " and " + elements[i - 1].name +
                                            " have one place in the scan"};
    }
    const std::size_t size = elements[i].format.storage_bits / 8;
    largest = std::max(largest, size);
    elements[i].offset = (end + size - 1) / size * size;
    end = elements[i].offset + size;
  }
  return (end + largest - 1) / largest * largest;
}

double iio_value(std::span<const std::uint8_t> scan, const IioElement& element) {
  const IioFormat& format = element.format;
  const std::size_t size = format.storage_bits / 8;
  CHECK(element.offset + size <= scan.size());
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = format.big_endian ? i : size - 1 - i;
    word = (word << 8U) | scan[element.offset + at];
  }
  word >>= format.shift;
  if (format.bits < 64) word &= (std::uint64_t{1} << format.bits) - 1;
  if (!format.is_signed) return static_cast<double>(word);
  const unsigned unused = 64 - format.bits;
  return static_cast<double>(static_cast<std::int64_t>(word << unused) >> unused);
}

}  // namespace sluice::hal
