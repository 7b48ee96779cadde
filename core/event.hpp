#pragma once
// What the `event` stream records: the life of a run, what its numbers mean, alerts, how its boot
// time maps to wall time, what is missing, and how drivers do.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/alert.hpp"
#include "core/calibration.hpp"
#include "core/chunk.hpp"
#include "core/driver_state.hpp"
#include "core/reading.hpp"
#include "core/time.hpp"

namespace sluice {

struct RunStarted {
  Instant time;
  std::string boot;         // kernel's boot id: runs of one boot share a boot time axis
  std::string version;      // of the program
  std::string config_hash;  // of the applied configuration
  bool operator==(const RunStarted&) const = default;
};
struct RunEnded {
  Instant time;
  std::uint64_t readings = 0;  // produced by this run, stored or declared missing
  bool operator==(const RunEnded&) const = default;
};
struct ChannelDeclared {
  Instant time;
  ChannelId channel{};
  std::string name;
  std::string unit;
  Duration period{};
  Calibration calibration{};  // that the values have been through
  bool operator==(const ChannelDeclared&) const = default;
};
struct AlertDeclared {
  Instant time;
  AlertId alert{};
  ChannelId channel{};
  std::string name;
  std::string rule;  // in words, for people
  bool operator==(const AlertDeclared&) const = default;
};
struct ConfigApplied {
  Instant time;
  std::string config_hash;
  bool operator==(const ConfigApplied&) const = default;
};
// At `time` of this run's boot it was `wall`, give or take `uncertainty`.
struct ClockRecord {
  Instant time;
  WallTime wall;
  Duration uncertainty{};
  bool synchronised = false;
  bool operator==(const ClockRecord&) const = default;
};

// How the driver of a polled channel does since `time`. Before the first it was up.
struct DriverChanged {
  Instant time;
  ChannelId channel{};
  DriverState state = DriverState::kUp;
  std::string reason;  // for people; empty when it is up
  bool operator==(const DriverChanged&) const = default;
};

// Part of the wire format: numbers stay.
enum class GapReason : std::uint8_t {
  kRestart = 0,            // the tail that was not durable when a run ended without notice
  kRingFull = 1,           // storage was too slow for too long
  kQuota = 2,              // durable, then dropped for want of space
  kMediaLoss = 3,          // durable, then found damaged or missing
  kCollectorRollback = 4,  // delivered, lost with the collector's database, and erased here
  kClosed = 5,  // nothing is: the run is over and delivered; declares what the collector has lost
};
inline constexpr std::uint8_t kGapReasonCount = 6;
// "restart", "ring_full", "quota", "media_loss", "collector_rollback", "closed"
std::string_view name_of(GapReason reason);

// What is missing, declared. With keys (first_seq >= 1) it stands for stored chunks that were
// dropped; without (first_seq 0) for readings of a time span that never became durable.
struct Gap {
  Instant time;  // when it was declared, in the boot time of the run that declares it
  RunId run;     // whose records are missing
  Stream stream = Stream::kRaw;
  GapReason reason = GapReason::kRestart;
  ChannelId channel = kNoChannel;  // kNoChannel: any
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  std::uint64_t readings = 0;  // how many; 0 when it cannot be known (kRestart)
  Instant first;               // span in the boot time of `run`; an open end is Instant::max()
  Instant last;
  bool operator==(const Gap&) const = default;
};

// The run leaves something out, for those before it crashed again and again.
struct SafeModeEntered {
  Instant time;
  std::string reason;  // and what is left out, in words for people
  bool operator==(const SafeModeEntered&) const = default;
};

using Event = std::variant<RunStarted, RunEnded, ChannelDeclared, AlertDeclared, ConfigApplied,
                           AlertEvent, ClockRecord, Gap, SafeModeEntered, DriverChanged>;
Instant time_of(const Event& event);

}  // namespace sluice
