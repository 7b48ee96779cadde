#pragma once
// What a configuration will cost and how long it lasts, worked out before it runs: readings, bytes
// over each link, hours of outage that fit into the buffer, wear of the card, time to drain. Every
// estimate stands on figures that were measured, named with their source. Pure functions; what they
// assume and how far off they were is in docs/plan.md.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "core/lane.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/reader.hpp"

namespace sluice::app {

// A number that the forecast stands on.
struct Figure {
  std::string_view name;
  double value = 0.0;
  std::string_view unit;
  std::string_view source;  // where it was measured
};

// By place: those that are used, in the order in which they are shown.
enum class FigureOf : std::size_t {
  kReading,
  kChunk,
  kBatch,
  kBacklog,
  kDiskReading,
  kDiskChunk,
  kLiveValue,
  kKeepAlive,
  kAlertStep,
  kWear,
};
inline constexpr std::size_t kFigureCount = 10;
const Figure& figure(FigureOf which);

// What the buffer says of a channel that has been recorded already.
struct MeasuredChannel {
  double readings_per_second = 0.0;  // recorded; fewer than ticks where a deadband holds them back
  double bytes_per_reading = 0.0;    // of its chunks
};
using MeasuredChannels = std::map<std::string, MeasuredChannel>;

// Of the newest run that has chunks of the channel; channels without any are left out.
Result<MeasuredChannels> measure_channels(storage::Reader& reader, const config::Config& config);

struct ForecastOptions {
  Duration outage = std::chrono::hours(24);  // that is to be survived and drained
  double alarms_per_day = 10.0;              // raised and cleared, of the whole gateway
  std::uint64_t link_bytes_per_second = 0;   // of links whose profile has no rate; 0: not known
  MeasuredChannels measured{};
};

// How far a channel's readings get.
enum class ReadingPath { kHere, kAlerts, kAroundAlerts, kRollups, kRaw };
std::string_view name_of(ReadingPath path);

struct ChannelForecast {
  std::string name;
  ReadingPath path = ReadingPath::kHere;
  double ticks_per_second = 0.0;
  double readings_per_second = 0.0;  // recorded
  bool at_most = false;              // a deadband may record fewer
  bool measured = false;
  double chunk_bytes_per_day = 0.0;  // as they are sent
};

struct LinkForecast {
  std::string profile;  // "any link" without profiles
  // On the wire, both ways, in 30 days.
  double readings_bytes = 0.0;
  double alert_bytes = 0.0;
  double live_bytes = 0.0;
  double idle_bytes = 0.0;
  double total() const { return readings_bytes + alert_bytes + live_bytes + idle_bytes; }
  double open = 1.0;                   // of the day, by its hours
  std::optional<double> budget_bytes;  // of 30 days
  // After the outage, with live readings beside it; nothing when the link's rate is not known,
  // infinite when it never catches up.
  std::optional<double> drain_seconds;
};

struct Forecast {
  std::vector<ChannelForecast> channels;
  std::vector<LinkForecast> links;  // none without an uplink
  Duration outage{};
  double readings_per_second = 0.0;
  double stored_bytes_per_second = 0.0;  // of the quota, without a link
  double room_bytes = 0.0;               // what the quota leaves to the database
  double outage_hours = 0.0;             // that fit; infinite without readings
  double device_bytes_per_day = 0.0;     // that reach the disk
  std::optional<double> card_life_years;
  std::vector<std::string> warnings;  // what to change, each in a sentence
};

Forecast forecast(const config::Config& config, const ForecastOptions& options);

}  // namespace sluice::app
