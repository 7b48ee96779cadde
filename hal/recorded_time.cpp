#include "hal/recorded_time.hpp"

#include <chrono>
#include <cmath>

#include "core/time.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

constexpr double kNsPerSecond = 1e9;

std::optional<std::int64_t> parse_date_and_time(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd dd:dd:dd";
  if (text.size() < kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    const bool fits = kForm[i] == 'd'   ? is_digit
                      : kForm[i] == ' ' ? text[i] == ' ' || text[i] == 'T'
                                        : text[i] == kForm[i];
    if (!fits) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t length) {
    return static_cast<unsigned>(parse_count(text.substr(at, length)).value_or(0));
  };
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(number(0, 4))),
                                         std::chrono::month(number(5, 2)),
                                         std::chrono::day(number(8, 2)));
  const unsigned hour = number(11, 2);
  const unsigned minute = number(14, 2);
  const unsigned second = number(17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  double fraction = 0.0;
  if (const std::string_view rest = text.substr(kForm.size()); !rest.empty()) {
    const std::optional<double> parsed = rest.front() == '.' ? parse_double(rest) : std::nullopt;
    if (!parsed) return std::nullopt;
    fraction = *parsed;
  }
  const WallTime time = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                        std::chrono::minutes(minute) + std::chrono::seconds(second);
  return to_ns(time) + std::llround(fraction * kNsPerSecond);
}

}  // namespace

std::optional<std::int64_t> parse_recorded_time(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_date_and_time(text);
  const std::optional<double> seconds = parse_double(text);
  constexpr double kSecondsMax = 9e9;  // what 63 bits of nanoseconds hold
  if (!seconds || std::abs(*seconds) > kSecondsMax) return std::nullopt;
  return std::llround(*seconds * kNsPerSecond);
}

}  // namespace sluice::hal
