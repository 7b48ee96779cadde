#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/sections.hpp"

namespace sluice::config {
namespace {

constexpr std::array<std::string_view, 5> kKinds{"median", "mean", "exponential", "clamp",
                                                 "deadband"};

std::optional<FilterSpec> parse_kind(TableReader& reader, std::string_view kind) {
  if (kind == "median") {
    Median median;
    if (reader.integer(kind, median.window)) return median;
  } else if (kind == "mean") {
    MovingMean mean;
    if (reader.integer(kind, mean.window)) return mean;
  } else if (kind == "exponential") {
    Exponential exponential;
    if (reader.duration(kind, exponential.time_constant)) return exponential;
  } else if (kind == "clamp") {
    Clamp clamp;
    if (reader.pair(kind, clamp.low, clamp.high)) return clamp;
  } else {
    Deadband deadband;
    const bool silence_ok =
        !reader.has("silence") || reader.duration("silence", deadband.silence_max);
    if (reader.number(kind, deadband.width) && silence_ok) return deadband;
  }
  return std::nullopt;
}

std::optional<FilterSpec> parse_filter(TableReader& reader) {
  reader.reject_strangers();
  const std::string_view kind = reader.only_one_of(kKinds, "filter");
  if (kind.empty()) return std::nullopt;
  if (kind != "deadband" && reader.has("silence")) {
    reader.report("silence", "only a deadband takes a silence, not " + std::string(kind));
  }
  return parse_kind(reader, kind);
}

}  // namespace

std::vector<FilterSpec> parse_filters(TableReader& channel) {
  std::vector<FilterSpec> filters;
  for (TableReader& reader : channel.tables("filters", Section::kFilter)) {
    if (const std::optional<FilterSpec> filter = parse_filter(reader)) filters.push_back(*filter);
  }
  return filters;
}

}  // namespace sluice::config
