#pragma once
// A reading: one value of one channel at one tick, with what is known of its worth.

#include <cstdint>
#include <string_view>

#include "core/time.hpp"

namespace sluice {

// Number of a channel within one run; its name and unit are declared by a ChannelDeclared event of
// that run. A number is never given to another channel within the run.
enum class ChannelId : std::uint16_t {};
inline constexpr ChannelId kNoChannel{0xFFFF};
constexpr std::uint16_t index_of(ChannelId channel) {
  return static_cast<std::uint16_t>(channel);
}

// Part of the wire format: numbers stay, new ones are added at the end.
enum class Quality : std::uint8_t {
  kGood = 0,
  kStale = 1,         // the last value of a source that has not answered since
  kOutOfRange = 2,    // outside the channel's declared range
  kFault = 3,         // the driver reports a fault, or the value is not a number
  kMissing = 4,       // no value: the source is absent or has not answered yet
  kSuspectClock = 5,  // good value, doubtful time
};
inline constexpr std::uint8_t kQualityCount = 6;
std::string_view name_of(Quality quality);
// Whether the value can be used, whatever is known of its time.
constexpr bool has_good_value(Quality quality) {
  return quality == Quality::kGood || quality == Quality::kSuspectClock;
}

// What a driver hands over. `value` means nothing when the quality is kMissing.
struct Sample {
  double value = 0.0;
  Quality quality = Quality::kMissing;
};

struct Reading {
  Instant time;
  double value = 0.0;
  ChannelId channel{};
  Quality quality = Quality::kMissing;
};

}  // namespace sluice
