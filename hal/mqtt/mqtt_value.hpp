#pragma once
// What the payload of a local device's message says: a number, by itself or somewhere in JSON. Pure
// functions; any thread. The one file of this folder that sees the JSON library.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sluice::hal {

// Most bytes of a payload, and most levels of JSON in it.
inline constexpr std::size_t kMqttPayloadMax = 64 * 1'024;
inline constexpr int kMqttDepthMax = 16;

// What a channel looks for in a payload.
struct MqttSelection {
  std::string path{};       // "ENERGY.Power" or "/ENERGY/Power"; empty: the payload is the value
  std::string time_path{};  // of the sender's time stamp; empty: none
  std::string on = "ON";    // the text that means 1, whatever its case
  std::string off = "OFF";  // ... and 0
  bool operator==(const MqttSelection&) const = default;
};

struct MqttValue {
  double value = 0.0;
  // The sender's own time, ns since 1970 UTC; none without a time_path.
  std::optional<std::int64_t> sent_ns{};
};

// A number, the text of one, true and false, or a text that means on or off. kInvalid, with what
// was found instead, for everything else: no JSON, nothing at the path, a list, too long, too deep,
// a stamp that is no time.
Result<MqttValue> mqtt_value(std::string_view payload, const MqttSelection& selection);

// Whether a message on a topic of availability says that the device is there: "online" or
// "offline", whatever the case, or {"state": "online"}; nothing for other words.
std::optional<bool> mqtt_availability(std::string_view payload);

// RFC 3339, or seconds or milliseconds since 1970 (those are beyond 1e11): ns since 1970 UTC.
std::optional<std::int64_t> mqtt_time(std::string_view text);

}  // namespace sluice::hal
