#include "hal/buses/serial_settings.hpp"

#include <algorithm>

namespace sluice::hal {
namespace {

// What both termios and libmodbus know. The library takes another one for 9,600 and says nothing.
constexpr std::array<std::int64_t, 22> kBauds{
    300,       600,       1'200,     2'400,     4'800,     9'600,    19'200,  38'400,
    57'600,    115'200,   230'400,   460'800,   500'000,   576'000,  921'600, 1'000'000,
    1'152'000, 1'500'000, 2'500'000, 3'000'000, 3'500'000, 4'000'000};

}  // namespace

SerialSettings serial_settings(const Settings& settings) {
  constexpr std::array<char, 3> kLetters{'N', 'E', 'O'};
  return {.device = settings.text("device"),
          .baud = static_cast<int>(settings.integer("baud")),
          .parity = kLetters[settings.choice("parity", kSerialParities)],
          .stop_bits = static_cast<int>(settings.integer("stop_bits"))};
}

std::optional<Mistake> check_serial(const Settings& settings) {
  const std::int64_t baud = settings.integer("baud");
  if (std::find(kBauds.begin(), kBauds.end(), baud) != kBauds.end()) return std::nullopt;
  return Mistake{"baud", std::to_string(baud) +
                             " is no rate of a serial line; expected one such as 9600, 19200, "
                             "38400 or 115200"};
}

std::string in_words(const SerialSettings& serial) {
  return serial.device + "@" + std::to_string(serial.baud) + ",8" + serial.parity +
         std::to_string(serial.stop_bits);
}

std::string serial_address(const Settings& settings) {
  return "line " + settings.text("device");
}

}  // namespace sluice::hal
