#include "tests/bench/recording.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "hal/csv.hpp"
#include "hal/recorded_time.hpp"
#include "hal/small_file.hpp"

namespace sluice::bench {
namespace {

constexpr std::size_t kChannelsMax = 4'096;  // of one batch

template <typename Number>
std::optional<std::uint64_t> parse_hex_word(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// As C prints with %a, or nan:<bits>, inf, -inf.
std::optional<double> parse_exact(std::string_view text) {
  constexpr std::string_view kNan = "nan:";
  if (text.starts_with(kNan)) {
    std::uint64_t bits = 0;
    if (!parse_hex_word(text.substr(kNan.size()), bits)) return std::nullopt;
    return std::bit_cast<double>(bits);
  }
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const double sign = negative ? -1.0 : 1.0;
  if (text == "inf") return sign * std::numeric_limits<double>::infinity();
  if (!text.starts_with("0x")) return std::nullopt;
  text.remove_prefix(2);
  // A sign of the exponent is only known to from_chars when it is negative.
  std::string digits(text);
  if (const std::size_t plus = digits.find("p+"); plus != digits.npos) digits.erase(plus + 1, 1);
  double value = 0.0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, value, std::chars_format::hex);
  if (error != std::errc{} || end != last) return std::nullopt;
  return std::copysign(value, sign);
}

Instant rounded(std::int64_t ns) {
  return Instant(std::chrono::round<std::chrono::microseconds>(Duration(ns)));
}

Result<> read_log(hal::CsvFile& csv, Recording& recording) {
  std::vector<Instant> latest;
  for (;;) {
    const Result<bool> more = csv.next();
    if (!more.ok()) return more.error();
    if (!*more) return Ok{};
    const auto time_us = hal::parse_integer(csv.cell(0));
    const auto channel = hal::parse_count(csv.cell(1));
    const auto value = parse_exact(csv.cell(2));
    const auto quality = hal::parse_count(csv.cell(3));
    if (!time_us || !channel || !value || !quality || *channel >= kChannelsMax ||
        *quality >= kQualityCount) {
      return csv.complain("not a time, channel, value and quality");
    }
    const Instant time(std::chrono::microseconds{*time_us});
    if (latest.size() <= *channel) latest.resize(*channel + 1, Instant::min());
    if (time < std::exchange(latest[*channel], time)) {
      return csv.complain("earlier than the channel's reading before");
    }
    recording.readings.push_back({time, *value,
                                  static_cast<ChannelId>(static_cast<std::uint16_t>(*channel)),
                                  static_cast<Quality>(*quality)});
    if (recording.channels.size() < latest.size()) recording.channels.resize(latest.size());
  }
}

std::optional<std::int64_t> parse_time(std::string_view text, std::string_view column) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> kUnits{
      {{"_ms", 1'000'000}, {"_us", 1'000}, {"_ns", 1}}};
  for (const auto& [ending, ns] : kUnits) {
    if (!column.ends_with(ending)) continue;
    const std::optional<std::int64_t> count = hal::parse_integer(text);
    return count ? std::optional(*count * ns) : std::nullopt;
  }
  return hal::parse_recorded_time(text);
}

Result<> read_table(hal::CsvFile& csv, const std::vector<std::string>& columns,
                    Recording& recording) {
  for (;;) {
    const Result<bool> more = csv.next();
    if (!more.ok()) return more.error();
    if (!*more) break;
    const auto time_ns = parse_time(hal::trimmed(csv.cell(0)), columns[0]);
    if (!time_ns) return csv.complain("the first column is not a time");
    for (std::size_t i = 1; i < columns.size(); ++i) {
      const std::string_view text = hal::trimmed(csv.cell(i));
      const auto channel = static_cast<ChannelId>(static_cast<std::uint16_t>(i - 1));
      Reading reading{rounded(*time_ns), 0.0, channel, Quality::kMissing};
      if (!text.empty()) {
        const std::optional<double> value = hal::parse_double(text);
        if (!value) return csv.complain("\"" + std::string(text) + "\" is not a number");
        reading.value = *value;
        reading.quality = Quality::kGood;
      }
      recording.readings.push_back(reading);
    }
  }
  std::stable_sort(recording.readings.begin(), recording.readings.end(),
                   [](const Reading& a, const Reading& b) { return a.time < b.time; });
  return Ok{};
}

// Empty when there is none.
std::string beside(const std::filesystem::path& path) {
  for (const std::filesystem::path& json :
       {std::filesystem::path(path) += ".json",
        std::filesystem::path(path).replace_extension("json")}) {
    if (std::filesystem::exists(json)) return json;
  }
  return {};
}

Result<> read_declared(const std::string& path, std::vector<DeclaredChannel>& channels) {
  std::ifstream file(path);
  const auto declared = nlohmann::json::parse(file, nullptr, false);
  if (!declared.is_array()) return Error{ErrorCode::kInvalid, path + " declares no channels"};
  for (const nlohmann::json& entry : declared) {
    const auto channel = entry.value("channel", kChannelsMax);
    if (channel >= channels.size()) continue;
    channels[channel].name = entry.value("name", channels[channel].name);
    if (entry.contains("scale") && entry["scale"].is_number()) {
      channels[channel].scale = entry["scale"].get<double>();
    }
    if (entry.contains("offset") && entry["offset"].is_number()) {
      channels[channel].offset = entry["offset"].get<double>();
    }
  }
  return Ok{};
}

}  // namespace

Result<Recording> read_recording(const std::string& path, const std::string& declared) {
  Result<hal::CsvFile> csv = hal::CsvFile::open(path);
  if (!csv.ok()) return csv.error();
  Recording recording;
  recording.name = std::filesystem::path(path).stem();
  const std::vector<std::string>& columns = csv->columns();
  recording.is_log = columns == std::vector<std::string>{"time_us", "channel", "value", "quality"};
  if (!recording.is_log) {
    if (columns.size() < 2 || columns.size() > kChannelsMax) {
      return csv->complain("a column of times and some of values were expected");
    }
    for (std::size_t i = 1; i < columns.size(); ++i) {
      recording.channels.push_back({columns[i], std::nullopt, 0.0});
    }
  }
  Result<> read =
      recording.is_log ? read_log(*csv, recording) : read_table(*csv, columns, recording);
  if (!read.ok()) return read.error();
  if (recording.readings.empty()) return csv->complain("no reading");
  const std::string json = declared.empty() ? beside(path) : declared;
  if (!json.empty()) {
    if (Result<> known = read_declared(json, recording.channels); !known.ok()) return known.error();
  }
  for (std::size_t i = 0; i < recording.channels.size(); ++i) {
    std::string& name = recording.channels[i].name;
    if (name.empty()) name = "channel" + std::to_string(i);
  }
  return recording;
}

}  // namespace sluice::bench
