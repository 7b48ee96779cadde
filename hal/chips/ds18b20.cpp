#include "hal/chips/ds18b20.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <system_error>

#include "hal/chips/one_wire_crc.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

constexpr std::size_t kScratchpadBytes = 9;
using Scratchpad = std::array<std::uint8_t, kScratchpadBytes>;

constexpr double kPowerOn = 85.0;
// The temperature of anything with a thermometer at it changes less between two readings.
constexpr double kNear = 2.0;

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt, std::string("the thermometer's answer is damaged: ") + what};
}

// The nine bytes in front of `line`, which loses them.
std::optional<Scratchpad> take_bytes(std::string_view& line) {
  Scratchpad bytes;
  for (std::uint8_t& byte : bytes) {
    const std::string_view word = take_word(line);
    if (word.size() != 2) return std::nullopt;
    const auto [end, error] = std::from_chars(word.data(), word.data() + 2, byte, 16);
    if (error != std::errc{} || end != word.data() + 2) return std::nullopt;
  }
  return bytes;
}

Result<double> celsius_of(std::string_view thousandths) {
  const std::optional<std::int64_t> number = parse_integer(thousandths);
  if (!number) return corrupt("it holds no temperature");
  if (*number < -55'000 || *number > 125'000) return corrupt("the temperature is impossible");
  return static_cast<double>(*number) / 1000.0;
}

}  // namespace

Result<double> w1_slave_celsius(std::string_view text) {
  const std::optional<std::string_view> first = take_line(text);
  // A line without its end is half of one.
  if (!first || text.empty() || text.back() != '\n') return corrupt("it is not whole");
  const std::optional<std::string_view> second = take_line(text);
  if (!second || !text.empty()) return corrupt("it has not two lines");

  std::string_view judged = *first;
  std::string_view told = *second;
  const std::optional<Scratchpad> bytes = take_bytes(judged);
  if (!bytes || bytes != take_bytes(told)) return corrupt("its bytes make no sense");
  const bool marked = take_word(judged) == ":" && take_word(judged).starts_with("crc=");
  const std::string_view verdict = take_word(judged);
  if (!marked || !trimmed(judged).empty()) return corrupt("its first line makes no sense");
  if (verdict != "YES" || one_wire_crc(*bytes) != 0) return corrupt("its checksum is wrong");
  // A shorted line reads as zeros, of which the CRC is right.
  if (std::all_of(bytes->begin(), bytes->end(), [](std::uint8_t byte) { return byte == 0; })) {
    return corrupt("it is all zeros; is the line shorted?");
  }
  std::string_view temperature = take_word(told);
  if (!temperature.starts_with("t=") || !trimmed(told).empty()) {
    return corrupt("its second line makes no sense");
  }
  temperature.remove_prefix(2);
  return celsius_of(temperature);
}

Result<double> w1_temperature_celsius(std::string_view text) {
  if (text.empty() || text.back() != '\n') return corrupt("it is not whole");
  return celsius_of(trimmed(text));
}

bool is_power_on_value(double celsius, std::optional<double> last) {
  if (celsius != kPowerOn) return false;
  return !last || std::abs(*last - kPowerOn) > kNear;
}

}  // namespace sluice::hal
