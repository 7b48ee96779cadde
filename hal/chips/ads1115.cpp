#include "hal/chips/ads1115.hpp"

#include <array>
#include <cstddef>

namespace sluice::hal::ads1115 {
namespace {

constexpr std::uint16_t kBegin = 0x8000;          // OS
constexpr std::uint16_t kSingleShot = 0x0100;     // MODE
constexpr std::uint16_t kRate128 = 0x0080;        // DR
constexpr std::uint16_t kComparatorOff = 0x0003;  // COMP_QUE
constexpr unsigned kInputShift = 12;
constexpr unsigned kRangeShift = 9;

constexpr std::array kFullScaleVolts{6.144, 4.096, 2.048, 1.024, 0.512, 0.256};

}  // namespace

std::uint16_t config_of(Input input, FullScale full_scale) {
  return static_cast<std::uint16_t>(kBegin | (static_cast<unsigned>(input) << kInputShift) |
                                    (static_cast<unsigned>(full_scale) << kRangeShift) |
                                    kSingleShot | kRate128 | kComparatorOff);
}

Result<double> volts_of(std::uint16_t conversion, FullScale full_scale) {
  const auto count = static_cast<std::int16_t>(conversion);
  if (count == INT16_MAX || count == INT16_MIN) {
    return Error{ErrorCode::kCorrupt, "the voltage is beyond the range; choose a larger one"};
  }
  return count * kFullScaleVolts[static_cast<std::size_t>(full_scale)] / 32'768.0;
}

}  // namespace sluice::hal::ads1115
