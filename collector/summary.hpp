#pragma once
// What the collector's database holds, counted: per gateway, run and stream. A run is balanced when
// what it produced equals what is held plus what gap records declare missing; until it has been
// delivered in full, the rest is still at the gateway.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "core/driver_state.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/sqlite.hpp"

namespace sluice::collector {

struct StreamSummary {
  Stream stream = Stream::kRaw;
  std::uint64_t chunks = 0;
  std::uint64_t records = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t unreadable = 0;
  std::optional<Instant> last;  // latest stamp
  std::optional<WallTime> last_wall;
};

// A polled channel whose driver is not up, by the newest event of it that has arrived.
struct DriverSummary {
  std::string channel;
  DriverState state = DriverState::kDown;
  std::string reason;
  std::optional<WallTime> since;
};

struct RunSummary {
  std::string run;  // hexadecimal
  bool ended = false;
  std::string safe_mode;  // why it began in safe mode; empty: it did not
  bool closed = false;    // the gateway has nothing more of it, and will not speak of it again
  std::optional<std::uint64_t> produced;  // readings, by the run's own count once it has ended
  std::uint64_t readings_held = 0;
  std::uint64_t readings_missing = 0;  // by gap records
  std::uint64_t gaps = 0;
  std::uint64_t gaps_of_unknown_size = 0;
  std::vector<StreamSummary> streams;
  std::vector<DriverSummary> drivers;  // at most kDriversShownMax
};
inline constexpr std::size_t kDriversShownMax = 64;

struct GatewaySummary {
  std::string name;
  bool online = false;
  std::string version;
  std::optional<WallTime> seen;  // last message, by the collector's clock
  std::vector<RunSummary> runs;  // in the order of their arrival
};

struct Summary {
  std::vector<GatewaySummary> gateways;
  std::uint64_t readings_held = 0;
  std::uint64_t readings_missing = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t conflicts = 0;
};

// One consistent view.
Result<Summary> summarise(storage::Connection& connection);

std::string to_text(const Summary& summary);
std::string to_json(const Summary& summary);

}  // namespace sluice::collector
