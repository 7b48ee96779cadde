#include "collector/line.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/check.hpp"

namespace sluice::collector {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kNsPerS = 1'000'000'000;

// Shortest text that reads back as the same double, whatever the locale.
std::string to_text(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  CHECK(error == std::errc{});
  return {buffer.data(), end};
}

// Seconds with all nine digits.
std::string to_seconds_text(Instant time) {
  const std::int64_t ns = to_ns(time);
  const auto magnitude =
      ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  constexpr auto kDivisor = static_cast<std::uint64_t>(kNsPerS);
  std::array<char, 40> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%s%llu.%09llu", ns < 0 ? "-" : "",
                                   static_cast<unsigned long long>(magnitude / kDivisor),
                                   static_cast<unsigned long long>(magnitude % kDivisor));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

// RFC 4180.
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char byte : text) {
    if (byte == '"') quoted += '"';
    quoted += byte;
  }
  return quoted + '"';
}

std::string plain_time(const When& when) {
  return when.wall ? to_iso8601(*when.wall) : "boot+" + to_seconds_text(when.boot) + "s";
}

Json wall_or_null(const When& when) {
  return when.wall ? Json(to_iso8601(*when.wall)) : Json();
}

std::string json_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

std::string plain(std::string_view text) {
  std::string safe(text);
  for (char& byte : safe) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code == 0x7F) byte = '?';
  }
  return safe;
}

std::string to_line(const ReadingLine& reading, Format format) {
  switch (format) {
    case Format::kLines:
      return plain_time(reading.when) + "  " + plain(reading.gateway) + "  " +
             plain(reading.channel) + "  " + to_text(reading.value) + " " + plain(reading.unit) +
             "  " + std::string(name_of(reading.quality)) + (reading.backlog ? "  backlog" : "") +
             "\n";
    case Format::kCsv:
      return (reading.when.wall ? to_iso8601(*reading.when.wall) : "") + "," +
             to_seconds_text(reading.when.boot) + "," + csv_field(reading.gateway) + "," +
             csv_field(reading.channel) + "," + to_text(reading.value) + "," +
             csv_field(reading.unit) + "," + std::string(name_of(reading.quality)) + "\n";
    case Format::kJson:
      break;
  }
  Json json = {{"kind", "reading"},
               {"gateway", reading.gateway},
               {"channel", reading.channel},
               {"time", wall_or_null(reading.when)},
               {"boot_ns", to_ns(reading.when.boot)},
               {"value", reading.value},
               {"unit", reading.unit},
               {"quality", name_of(reading.quality)}};
  if (reading.backlog) json["backlog"] = true;
  return json_line(json);
}

std::string to_line(const AlertLine& alert, Format format) {
  CHECK(format != Format::kCsv);
  if (format == Format::kLines) {
    return plain_time(alert.when) + "  " + plain(alert.gateway) + "  ALERT " + plain(alert.alert) +
           " " + std::string(name_of(alert.change)) + " (" + std::string(name_of(alert.severity)) +
           ")  " + plain(alert.channel) + " = " + to_text(alert.value) + ", held " +
           std::to_string(alert.count) + " times" + (alert.live ? "  live" : "") + "\n";
  }
  return json_line({{"kind", "alert"},
                    {"gateway", alert.gateway},
                    {"alert", alert.alert},
                    {"channel", alert.channel},
                    {"time", wall_or_null(alert.when)},
                    {"boot_ns", to_ns(alert.when.boot)},
                    {"change", name_of(alert.change)},
                    {"severity", name_of(alert.severity)},
                    {"value", alert.value},
                    {"count", alert.count},
                    {"live", alert.live}});
}

}  // namespace sluice::collector
