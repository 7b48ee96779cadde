#pragma once
// What the running gateway says of itself, gathered from the published values as one JSON object;
// docs/status.md lists its fields. Main thread.

#include <string>

#include "app/gateway.hpp"
#include "app/realtime_thread.hpp"
#include "core/time.hpp"

namespace sluice::app {

// `started` is when this run began.
std::string status_json(const Gateway& gateway, const RealtimeGrant& grant, Instant started,
                        Instant now);

}  // namespace sluice::app
