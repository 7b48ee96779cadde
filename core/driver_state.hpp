#pragma once
// How a driver of a polled source does, as its events and the status say it.

#include <cstdint>
#include <string_view>

namespace sluice {

// Part of the wire format: numbers stay, new ones are added at the end.
enum class DriverState : std::uint8_t {
  kUp = 0,        // it answers
  kDegraded = 1,  // it answers now and then, or only when it is asked again
  kDown = 2,      // it does not answer, or is not there
};
inline constexpr std::uint8_t kDriverStateCount = 3;
std::string_view name_of(DriverState state);  // "up", "degraded", "down"

}  // namespace sluice
