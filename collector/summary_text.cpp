// How a summary is shown (collector/summary.hpp).

#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "collector/line.hpp"
#include "collector/summary.hpp"

namespace sluice::collector {
namespace {

using Json = nlohmann::ordered_json;

// One line of columns; numbers are right-aligned so that they can be compared.
std::string table_line(const StreamSummary& stream) {
  std::array<char, 192> buffer{};
  const int length = std::snprintf(
      buffer.data(), buffer.size(),
      "    %-9.9s %8llu chunks %10llu records %6llu duplicates %4llu conflicts",
      std::string(name_of(stream.stream)).c_str(), static_cast<unsigned long long>(stream.chunks),
      static_cast<unsigned long long>(stream.records),
      static_cast<unsigned long long>(stream.duplicates),
      static_cast<unsigned long long>(stream.conflicts));
  std::string line(buffer.data(), static_cast<std::size_t>(length));
  if (stream.unreadable > 0) line += "  " + std::to_string(stream.unreadable) + " unreadable";
  if (stream.last_wall) line += "  last " + to_iso8601(*stream.last_wall);
  return line + "\n";
}

std::string run_line(const RunSummary& run) {
  const char* const state = run.closed ? "  closed" : run.ended ? "  ended" : "  open";
  std::string line = "  run " + run.run + state +
                     "  readings: " + std::to_string(run.readings_held) + " held, " +
                     std::to_string(run.readings_missing) + " declared missing";
  if (run.produced) line += ", " + std::to_string(*run.produced) + " produced";
  line += ", " + std::to_string(run.gaps) + " gaps";
  if (run.gaps_of_unknown_size > 0) {
    line += " (" + std::to_string(run.gaps_of_unknown_size) + " of unknown size)";
  }
  if (!run.safe_mode.empty()) line += "\n    SAFE MODE: " + run.safe_mode;
  return line + "\n";
}

std::string driver_line(const DriverSummary& driver) {
  std::string line = "    " + plain(driver.channel) + "  " + std::string(name_of(driver.state));
  if (driver.since) line += " since " + to_iso8601(*driver.since);
  return line + ": " + plain(driver.reason) + "\n";
}

template <typename T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json wall_or_null(const std::optional<WallTime>& wall) {
  return wall ? Json(to_iso8601(*wall)) : Json();
}

Json to_object(const StreamSummary& stream) {
  return {{"stream", name_of(stream.stream)},
          {"chunks", stream.chunks},
          {"records", stream.records},
          {"duplicates", stream.duplicates},
          {"conflicts", stream.conflicts},
          {"unreadable", stream.unreadable},
          {"last_boot_ns", stream.last ? Json(to_ns(*stream.last)) : Json()},
          {"last_time", wall_or_null(stream.last_wall)}};
}

Json to_object(const DriverSummary& driver) {
  return {{"channel", driver.channel},
          {"state", name_of(driver.state)},
          {"reason", driver.reason},
          {"since", wall_or_null(driver.since)}};
}

Json to_object(const RunSummary& run) {
  Json drivers = Json::array();
  for (const DriverSummary& driver : run.drivers) drivers.push_back(to_object(driver));
  Json streams = Json::array();
  for (const StreamSummary& stream : run.streams) streams.push_back(to_object(stream));
  return {{"run", run.run},
          {"ended", run.ended},
          {"safe_mode", run.safe_mode.empty() ? Json() : Json(run.safe_mode)},
          {"closed", run.closed},
          {"produced", value_or_null(run.produced)},
          {"readings_held", run.readings_held},
          {"readings_missing", run.readings_missing},
          {"gaps", run.gaps},
          {"gaps_of_unknown_size", run.gaps_of_unknown_size},
          {"streams", std::move(streams)},
          {"drivers_not_up", std::move(drivers)}};
}

Json to_object(const GatewaySummary& gateway) {
  Json runs = Json::array();
  for (const RunSummary& run : gateway.runs) runs.push_back(to_object(run));
  return {{"gateway", gateway.name},
          {"online", gateway.online},
          {"version", gateway.version},
          {"seen", wall_or_null(gateway.seen)},
          {"runs", std::move(runs)}};
}

}  // namespace

std::string to_text(const Summary& summary) {
  std::string text;
  for (const GatewaySummary& gateway : summary.gateways) {
    text += gateway.name + (gateway.online ? "  online" : "  offline");
    if (gateway.seen) text += "  seen " + to_iso8601(*gateway.seen);
    text += "\n";
    for (const RunSummary& run : gateway.runs) {
      text += run_line(run);
      for (const StreamSummary& stream : run.streams) text += table_line(stream);
      for (const DriverSummary& driver : run.drivers) text += driver_line(driver);
    }
  }
  if (summary.gateways.empty()) text = "No gateway has delivered anything yet.\n";
  return text;
}

std::string to_json(const Summary& summary) {
  Json gateways = Json::array();
  for (const GatewaySummary& gateway : summary.gateways) gateways.push_back(to_object(gateway));
  const Json json = {{"readings_held", summary.readings_held},
                     {"readings_missing", summary.readings_missing},
                     {"duplicates", summary.duplicates},
                     {"conflicts", summary.conflicts},
                     {"gateways", std::move(gateways)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sluice::collector
