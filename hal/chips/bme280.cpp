#include "hal/chips/bme280.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice::hal::bme280 {
namespace {

std::uint16_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | (bytes[at + 1] << 8));
}
std::int16_t signed_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::int16_t>(word_at(bytes, at));
}
// A number of 12 bits with a sign: 8 high ones and 4 low ones.
std::int16_t twelve_bits(std::uint8_t high, unsigned low) {
  return static_cast<std::int16_t>(static_cast<std::int8_t>(high) * 16 + static_cast<int>(low));
}
std::uint32_t twenty_bits(std::span<const std::uint8_t> bytes) {
  return (std::uint32_t{bytes[0]} << 12) | (std::uint32_t{bytes[1]} << 4) | (bytes[2] >> 4U);
}

bool all_are(std::span<const std::uint8_t> bytes, std::uint8_t value) {
  return std::all_of(bytes.begin(), bytes.end(), [=](std::uint8_t byte) { return byte == value; });
}

// What the registers hold after a reset.
constexpr std::uint32_t kNotMeasured = 0x80000;
constexpr std::uint32_t kHumidityNotMeasured = 0x8000;

}  // namespace

// Section 4.2.2 of the datasheet, "Trimming parameter readout".
Result<Calibration> calibration_of(std::span<const std::uint8_t, 26> first,
                                   std::span<const std::uint8_t, 7> second) {
  if (all_are(first, 0x00) || all_are(first, 0xFF) || all_are(second, 0xFF) ||
      word_at(first, 0) == 0 || word_at(first, 6) == 0) {
    return Error{ErrorCode::kCorrupt, "the chip's calibration is empty; is the bus stuck?"};
  }
  Calibration calibration;
  calibration.t1 = word_at(first, 0);
  calibration.t2 = signed_at(first, 2);
  calibration.t3 = signed_at(first, 4);
  calibration.p1 = word_at(first, 6);
  for (std::size_t i = 0; i < calibration.p.size(); ++i) {
    calibration.p[i] = signed_at(first, 8 + 2 * i);
  }
  calibration.h1 = first[25];
  calibration.h2 = signed_at(second, 0);
  calibration.h3 = second[2];
  calibration.h4 = twelve_bits(second[3], second[4] & 0x0FU);
  calibration.h5 = twelve_bits(second[5], static_cast<unsigned>(second[4]) >> 4U);
  calibration.h6 = static_cast<std::int8_t>(second[6]);
  return calibration;
}

Result<Raw> raw_of(std::span<const std::uint8_t, 8> measured) {
  const Raw raw{twenty_bits(measured.subspan<0, 3>()), twenty_bits(measured.subspan<3, 3>()),
                static_cast<std::uint32_t>((measured[6] << 8) | measured[7])};
  if (raw.pressure == kNotMeasured || raw.temperature == kNotMeasured ||
      raw.humidity == kHumidityNotMeasured) {
    return Error{ErrorCode::kCorrupt, "the chip has not measured"};
  }
  if (all_are(measured, 0x00) || all_are(measured, 0xFF)) {
    return Error{ErrorCode::kCorrupt, "all bytes are the same; is the bus stuck?"};
  }
  return raw;
}

// Section 8.1, with the names of the datasheet.
Values values_of(const Raw& raw, const Calibration& c) {
  Values values;
  const auto adc_t = static_cast<double>(raw.temperature);
  double var1 = (adc_t / 16384.0 - c.t1 / 1024.0) * c.t2;
  double var2 = (adc_t / 131072.0 - c.t1 / 8192.0) * (adc_t / 131072.0 - c.t1 / 8192.0) * c.t3;
  const double t_fine = var1 + var2;
  values.celsius = t_fine / 5120.0;

  var1 = t_fine / 2.0 - 64000.0;
  var2 = var1 * var1 * c.p[4] / 32768.0;
  var2 = var2 + var1 * c.p[3] * 2.0;
  var2 = var2 / 4.0 + c.p[2] * 65536.0;
  var1 = (c.p[1] * var1 * var1 / 524288.0 + c.p[0] * var1) / 524288.0;
  var1 = (1.0 + var1 / 32768.0) * c.p1;
  double p = 1048576.0 - static_cast<double>(raw.pressure);
  p = (p - var2 / 4096.0) * 6250.0 / var1;
  var1 = c.p[7] * p * p / 2147483648.0;
  var2 = p * c.p[6] / 32768.0;
  values.pascal = p + (var1 + var2 + c.p[5]) / 16.0;

  double h = t_fine - 76800.0;
  h = (static_cast<double>(raw.humidity) - (c.h4 * 64.0 + c.h5 / 16384.0 * h)) *
      (c.h2 / 65536.0 * (1.0 + c.h6 / 67108864.0 * h * (1.0 + c.h3 / 67108864.0 * h)));
  h = h * (1.0 - c.h1 * h / 524288.0);
  values.percent = std::clamp(h, 0.0, 100.0);
  return values;
}

}  // namespace sluice::hal::bme280
