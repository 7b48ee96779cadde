#include "hal/chips/sht3x.hpp"

namespace sluice::hal::sht3x {

std::uint8_t checksum(std::span<const std::uint8_t, 2> word) {
  constexpr std::uint32_t kPolynomial = 0x131;
  std::uint32_t crc = 0xFF;
  for (const std::uint8_t byte : word) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 0x80U) != 0 ? (crc << 1) ^ kPolynomial : crc << 1;
  }
  return static_cast<std::uint8_t>(crc);
}

Result<Values> values_of(std::span<const std::uint8_t, 6> answer) {
  const std::span<const std::uint8_t, 2> temperature = answer.subspan<0, 2>();
  const std::span<const std::uint8_t, 2> humidity = answer.subspan<3, 2>();
  if (checksum(temperature) != answer[2] || checksum(humidity) != answer[5]) {
    return Error{ErrorCode::kCorrupt, "the checksum of the chip's answer is wrong"};
  }
  constexpr double kFullScale = 65'535.0;
  return Values{
      .celsius = -45.0 + 175.0 * ((temperature[0] << 8) | temperature[1]) / kFullScale,
      .percent = 100.0 * ((humidity[0] << 8) | humidity[1]) / kFullScale,
  };
}

}  // namespace sluice::hal::sht3x
