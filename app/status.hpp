#pragma once
// What the running gateway says of itself, gathered from the published values as one JSON object;
// docs/status.md lists its fields. Main thread.

#include <cstdint>
#include <optional>
#include <string>

#include "app/gateway.hpp"
#include "app/realtime_thread.hpp"
#include "core/time.hpp"

namespace sluice::app {

// What the gateway does not know of the process it is in.
struct Surroundings {
  RealtimeGrant grant;
  Instant started;                            // when this run began
  std::optional<std::uint64_t> device_bytes;  // that the process has had written to disks
};

// As Linux counts it now.
Surroundings surroundings(const RealtimeGrant& grant, Instant started);

std::string status_json(const Gateway& gateway, const Surroundings& around, Instant now);

}  // namespace sluice::app
