#pragma once
// The key table piece by piece, for config/keys.cpp alone to put together.

#include <cstdint>
#include <span>

#include "config/keys.hpp"
#include "core/time.hpp"

namespace sluice::config {

// Most bytes of an id, as in core/channel.hpp and the topics; and of other texts.
inline constexpr std::int64_t kIdBytesMax = 64;
inline constexpr std::int64_t kTextBytesMax = 128;
inline constexpr std::int64_t kPathBytesMax = 4'000;  // Linux takes 4,095

inline constexpr std::int64_t kDay = to_ns(std::chrono::hours(24));

std::span<const Key> root_keys();
std::span<const Key> gateway_keys();
std::span<const Key> realtime_keys();
std::span<const Key> storage_keys();
std::span<const Key> uplink_keys();
std::span<const Key> tls_keys();
std::span<const Key> profile_keys();
std::span<const Key> actuator_keys();
std::span<const Key> channel_keys();
std::span<const Key> host_keys();
std::span<const Key> simulated_keys();
std::span<const Key> replay_keys();
std::span<const Key> derived_keys();
std::span<const Key> fault_keys();
std::span<const Key> filter_keys();
std::span<const Key> alert_keys();
std::span<const Key> composite_keys();
std::span<const Key> rollup_keys();

}  // namespace sluice::config
