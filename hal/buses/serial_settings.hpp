#pragma once
// What the operator says of a serial line, for the keys of every driver on one.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/key.hpp"
#include "hal/device_driver.hpp"
#include "hal/settings.hpp"

namespace sluice::hal {

struct SerialSettings {
  std::string device;  // path of its device file
  int baud = 9'600;
  char parity = 'N';  // 'N', 'E' or 'O'
  int stop_bits = 1;
};

inline constexpr std::array<std::string_view, 3> kSerialParities{"none", "even", "odd"};

inline constexpr Key kSerialDeviceKey = {
    .name = "device",
    .type = KeyType::kPath,
    .required = true,
    .example = "device = \"/dev/ttyUSB0\"",
    .low = 1,
    .high = 4'000,
    .meaning =
        "Device file of the line. Of an adapter on USB its link in `/dev/serial/by-id`, "
        "which stays when it is plugged in again."};
constexpr Key serial_baud_key(std::string_view fallback) {
  return {.name = "baud",
          .type = KeyType::kInteger,
          .fallback = fallback,
          .low = 300,
          .high = 4'000'000,
          .meaning =
              "Bits per second: 300, 600, 1200 ... 38400, 57600, 115200, 230400, 460800, "
              "921600 and others that Linux has."};
}
constexpr Key serial_parity_key(std::string_view fallback) {
  return {.name = "parity",
          .type = KeyType::kChoice,
          .fallback = fallback,
          .choices = kSerialParities,
          .meaning = "Of each byte."};
}
inline constexpr Key kSerialStopBitsKey = {.name = "stop_bits",
                                           .type = KeyType::kInteger,
                                           .fallback = "1",
                                           .low = 1,
                                           .high = 2,
                                           .meaning = "Behind each byte."};

// REQUIRES: the four keys above are among the driver's.
SerialSettings serial_settings(const Settings& settings);
std::optional<Mistake> check_serial(const Settings& settings);
// "/dev/ttyUSB0@9600,8N1": a line with other settings is another bus, also over a reload.
std::string in_words(const SerialSettings& serial);
// One line has one driver and one way of speaking.
std::string serial_address(const Settings& settings);

}  // namespace sluice::hal
