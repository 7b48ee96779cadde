#pragma once
// How samples lie in what the kernel's IIO buffers give out: pure functions over the texts of
// scan_elements (Documentation/ABI/testing/sysfs-bus-iio and driver-api/iio/buffers of Linux).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sluice::hal {

// Of one element, as its file `..._type` says: "le:s12/16>>4".
struct IioFormat {
  bool big_endian = false;
  bool is_signed = false;
  unsigned bits = 0;          // that count, 1 to 64
  unsigned storage_bits = 0;  // 8, 16, 32 or 64
  unsigned shift = 0;         // to the right, before the bits are taken
  bool operator==(const IioFormat&) const = default;
};
// Nothing for a text of another form, or of repeated elements (X2), which no channel of one value
// has.
std::optional<IioFormat> parse_iio_format(std::string_view text);

// One enabled element of a device.
struct IioElement {
  std::string name{};       // "in_voltage0", "in_timestamp"
  std::uint64_t index = 0;  // place in the scan
  IioFormat format{};
  std::size_t offset = 0;  // of its bytes in the scan; lay_out() sets it
  bool operator==(const IioElement&) const = default;
};

// Orders the elements by index and sets their offsets: each begins at a multiple of its own size.
// Returns the bytes of one scan, a multiple of the largest size. kInvalid when two have one index.
Result<std::size_t> lay_out(std::vector<IioElement>& elements);

// The raw value of an element in one scan. REQUIRES: `scan` is one whole scan of its layout.
double iio_value(std::span<const std::uint8_t> scan, const IioElement& element);

}  // namespace sluice::hal
