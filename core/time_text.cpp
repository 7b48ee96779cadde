#include "core/time_text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <optional>

namespace sluice {
namespace {

constexpr std::int64_t kNsPerS = 1'000'000'000;

// Takes `digits` digits off the front; nothing when they are not there.
std::optional<int> take_number(std::string_view& rest, std::size_t digits) {
  int number = 0;
  if (rest.size() < digits) return std::nullopt;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, number);
  if (error != std::errc{} || end != rest.data() + digits || number < 0) return std::nullopt;
  rest.remove_prefix(digits);
  return number;
}

bool take(std::string_view& rest, char expected) {
  if (rest.empty() || rest.front() != expected) return false;
  rest.remove_prefix(1);
  return true;
}

}  // namespace

std::string to_iso8601(WallTime time) {
  // In whole seconds first: the day of the earliest time there is begins before it.
  std::int64_t second = to_ns(time) / kNsPerS;
  std::int64_t nanosecond = to_ns(time) % kNsPerS;
  if (nanosecond < 0) {
    --second;
    nanosecond += kNsPerS;
  }
  const std::chrono::sys_seconds seconds{std::chrono::seconds(second)};
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  std::array<char, 64> buffer{};
  const int length =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%09lldZ",
                    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<long long>(nanosecond));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

Result<WallTime> parse_time(std::string_view text) {
  const Error wrong{ErrorCode::kInvalid,
                    "\"" + std::string(text) + "\" is no time: write 2026-01-31T12:30:05 (UTC)"};
  std::string_view rest = text;
  // year, month, day, hour, minute, second: each with what comes before it.
  constexpr std::array<char, 6> kBefore = {0, '-', '-', 'T', ':', ':'};
  std::array<int, 6> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // A date may stand alone, and seconds may be left out.
    if ((i == 3 || i == 5) && (rest.empty() || rest == "Z")) break;
    if (kBefore[i] != 0 && !take(rest, kBefore[i])) return wrong;
    const std::optional<int> part = take_number(rest, i == 0 ? 4 : 2);
    if (!part) return wrong;
    parts[i] = *part;
  }
  static_cast<void>(take(rest, 'Z'));
  const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                         std::chrono::month(static_cast<unsigned>(parts[1])),
                                         std::chrono::day(static_cast<unsigned>(parts[2]))};
  // Nanoseconds since 1970 in 64 bits reach from 1678 to 2261.
  const bool fits =
      parts[0] >= 1678 && parts[0] <= 2261 && parts[3] < 24 && parts[4] < 60 && parts[5] < 60;
  if (!rest.empty() || !date.ok() || !fits) return wrong;
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(parts[3]) +
         std::chrono::minutes(parts[4]) + std::chrono::seconds(parts[5]);
}

}  // namespace sluice
