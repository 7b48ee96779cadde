#include "app/forecast_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include <nlohmann/json.hpp>

#include "config/units.hpp"

namespace sluice::app {
namespace {

using Json = nlohmann::ordered_json;

// Three digits that count.
std::string short_number(double value) {
  std::array<char, 32> text{};
  const int digits = value >= 100.0 ? 0 : value >= 10.0 ? 1 : value >= 1.0 ? 2 : 3;
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string megabytes(double bytes) {
  return short_number(bytes / 1e6);
}

std::string hours_text(double hours) {
  if (std::isinf(hours)) return "for ever";
  if (hours >= 48.0) return short_number(hours / 24.0) + " days";
  return short_number(hours) + " h";
}

using Rows = std::vector<std::vector<std::string>>;

// The first column and the last `left` ones to the left, the others to the right.
std::string table(const Rows& rows, std::size_t left = 0) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blank(widths[i] - row[i].size(), ' ');
      const bool to_the_left = i == 0 || i + left >= row.size();
      line += (i == 0 ? "" : "  ") + (to_the_left ? row[i] + blank : blank + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string channels_text(const Forecast& forecast) {
  Rows rows{{"channel", "reads/s", "recorded/s", "kB/day", "path"}};
  for (const ChannelForecast& channel : forecast.channels) {
    rows.push_back(
        {channel.name, short_number(channel.ticks_per_second),
         (channel.at_most ? "<= " : "") + short_number(channel.readings_per_second),
         (channel.at_most ? "<= " : "") + short_number(channel.chunk_bytes_per_day / 1e3),
         std::string(name_of(channel.path)) + (channel.measured ? ", measured" : "")});
  }
  return table(rows, 1);
}

std::string links_text(const Forecast& forecast) {
  Rows rows{{"MB a month", "readings", "alerts", "live", "idle", "all", "budget",
             "drain after " + config::text_of_duration(forecast.outage)}};
  for (const LinkForecast& link : forecast.links) {
    std::string drain = "rate not known";
    if (link.drain_seconds) {
      drain = std::isinf(*link.drain_seconds) ? "never" : hours_text(*link.drain_seconds / 3'600.0);
    }
    rows.push_back({link.profile, megabytes(link.readings_bytes), megabytes(link.alert_bytes),
                    megabytes(link.live_bytes), megabytes(link.idle_bytes), megabytes(link.total()),
                    link.budget_bytes ? megabytes(*link.budget_bytes) : "-", drain});
  }
  return table(rows);
}

std::string here_text(const Forecast& forecast) {
  Rows rows{{"readings recorded", short_number(forecast.readings_per_second) + "/s"},
            {"buffer without a link", megabytes(forecast.stored_bytes_per_second * 86'400.0) +
                                          " MB/day, room for " + hours_text(forecast.outage_hours)},
            {"written to the disk", megabytes(forecast.device_bytes_per_day) + " MB/day"},
            {"a new card lasts", forecast.card_life_years
                                     ? short_number(*forecast.card_life_years) + " years"
                                     : "not known without storage.card_endurance"}};
  return table(rows, 1);
}

std::string figures_text() {
  std::string text = "It stands on:\n";
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    const Figure& one = figure(static_cast<FigureOf>(i));
    text += "  " + std::string(one.name) + ": " + short_number(one.value) +
            (one.unit.empty() ? "" : " " + std::string(one.unit)) + " (" + std::string(one.source) +
            ")\n";
  }
  return text + "  what reaches the disk at 16 to 10,000 readings/s (limits.md, Storage)\n";
}

Json finite(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}
Json finite(const std::optional<double>& value) {
  return value ? finite(*value) : Json();
}

}  // namespace

std::string forecast_text(const Forecast& forecast) {
  std::string text = channels_text(forecast);
  if (!forecast.links.empty()) text += "\n" + links_text(forecast);
  text += "\n" + here_text(forecast) + "\n" + figures_text();
  if (!forecast.warnings.empty()) text += "\n";
  for (const std::string& warning : forecast.warnings) text += "warning: " + warning + "\n";
  return text;
}

std::string forecast_json(const Forecast& forecast) {
  Json channels = Json::array();
  for (const ChannelForecast& channel : forecast.channels) {
    channels.push_back({{"channel", channel.name},
                        {"path", name_of(channel.path)},
                        {"reads_per_second", channel.ticks_per_second},
                        {"readings_per_second", channel.readings_per_second},
                        {"at_most", channel.at_most},
                        {"measured", channel.measured},
                        {"chunk_bytes_per_day", channel.chunk_bytes_per_day}});
  }
  Json links = Json::array();
  for (const LinkForecast& link : forecast.links) {
    links.push_back({{"profile", link.profile},
                     {"readings_bytes_per_month", link.readings_bytes},
                     {"alert_bytes_per_month", link.alert_bytes},
                     {"live_bytes_per_month", link.live_bytes},
                     {"idle_bytes_per_month", link.idle_bytes},
                     {"bytes_per_month", link.total()},
                     {"budget_bytes_per_month", finite(link.budget_bytes)},
                     {"open_share", link.open},
                     {"drain_seconds", finite(link.drain_seconds)},
                     {"never_drains", link.drain_seconds && std::isinf(*link.drain_seconds)}});
  }
  Json figures = Json::array();
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    const Figure& one = figure(static_cast<FigureOf>(i));
    figures.push_back(
        {{"name", one.name}, {"value", one.value}, {"unit", one.unit}, {"source", one.source}});
  }
  const Json object{{"channels", channels},
                    {"links", links},
                    {"readings_per_second", forecast.readings_per_second},
                    {"stored_bytes_per_second", forecast.stored_bytes_per_second},
                    {"room_bytes", forecast.room_bytes},
                    {"outage_hours", finite(forecast.outage_hours)},
                    {"device_bytes_per_day", forecast.device_bytes_per_day},
                    {"card_life_years", finite(forecast.card_life_years)},
                    {"figures", figures},
                    {"warnings", forecast.warnings}};
  return object.dump() + "\n";
}

}  // namespace sluice::app
