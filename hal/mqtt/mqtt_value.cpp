#include "hal/mqtt/mqtt_value.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include <nlohmann/json.hpp>

#include "core/time.hpp"
#include "hal/recorded_time.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

using Json = nlohmann::json;

// From here on a number is milliseconds: as seconds it would be the year 5138.
constexpr double kMillisecondsFrom = 1e11;
constexpr double kMillisecondsPerSecond = 1e3;
constexpr double kMillisecondsMax = 9e12;  // what 63 bits of nanoseconds hold

bool same_word(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, small, small);
}

Json parse(std::string_view payload) {
  bool too_deep = false;
  const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMqttDepthMax;
    return !too_deep;
  };
  Json json = Json::parse(payload.begin(), payload.end(), shallow, false);
  return too_deep ? Json(Json::value_t::discarded) : json;
}

// The entry of an object, or of a list by its number from 0 on.
const Json* entry_of(const Json& json, const std::string& key) {
  if (json.is_object()) {
    const auto found = json.find(key);
    return found == json.end() ? nullptr : &*found;
  }
  if (!json.is_array()) return nullptr;
  const std::optional<std::uint64_t> number = parse_count(key);
  return number && *number < json.size() ? &json[static_cast<std::size_t>(*number)] : nullptr;
}

// A part of a pointer of RFC 6901: "~1" stands for "/", "~0" for "~".
std::string unescaped(std::string_view part) {
  std::string text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool escape = part[i] == '~' && i + 1 < part.size();
    if (escape && part[i + 1] == '1') {
      text += '/';
      ++i;
    } else if (escape && part[i + 1] == '0') {
      text += '~';
      ++i;
    } else {
      text += part[i];
    }
  }
  return text;
}

const Json* find(const Json& json, std::string_view path) {
  const bool is_pointer = path.starts_with('/');
  if (is_pointer) path.remove_prefix(1);
  const Json* at = &json;
  while (at != nullptr) {
    const std::size_t end = path.find(is_pointer ? '/' : '.');
    const std::string_view part = path.substr(0, end);
    at = entry_of(*at, is_pointer ? unescaped(part) : std::string(part));
    if (end == std::string_view::npos) break;
    path.remove_prefix(end + 1);
  }
  return at;
}

Error invalid(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

// Never the text itself: what is wrong with a message goes into logs and records, and a message may
// say what is nobody's business.
std::string size_of(std::string_view text) {
  return std::to_string(text.size()) + " bytes";
}

Result<double> value_of_text(std::string_view text, const MqttSelection& selection) {
  text = trimmed(text);
  if (const std::optional<double> number = parse_double(text)) return *number;
  if (same_word(text, selection.on) || same_word(text, "true")) return 1.0;
  if (same_word(text, selection.off) || same_word(text, "false")) return 0.0;
  return invalid("a text of " + size_of(text) + " is neither a number nor \"" + selection.on +
                 "\" or \"" + selection.off + "\"");
}

Result<double> value_of(const Json& json, const MqttSelection& selection) {
  if (json.is_number()) return json.get<double>();
  if (json.is_boolean()) return json.get<bool>() ? 1.0 : 0.0;
  if (json.is_string()) return value_of_text(json.get_ref<const std::string&>(), selection);
  return invalid("at \"" + selection.path + "\" there is no number but " +
                 (json.is_null()    ? "null"
                  : json.is_array() ? "a list"
                                    : "an object"));
}

std::optional<std::int64_t> time_of(const Json& json) {
  if (json.is_string()) return mqtt_time(json.get_ref<const std::string&>());
  return json.is_number() ? mqtt_time(json.dump()) : std::nullopt;
}

}  // namespace

Result<MqttValue> mqtt_value(std::string_view payload, const MqttSelection& selection) {
  if (payload.size() > kMqttPayloadMax) {
    return invalid("a message of " + std::to_string(payload.size()) + " bytes; at most " +
                   std::to_string(kMqttPayloadMax) + " are read");
  }
  if (selection.path.empty() && selection.time_path.empty()) {
    const Result<double> value = value_of_text(payload, selection);
    if (!value) return value.error();
    return MqttValue{.value = *value};
  }
  const Json json = parse(payload);
  if (json.is_discarded()) {
    return invalid("a message of " + size_of(payload) + " is no JSON that can be read");
  }
  const Json* const found = selection.path.empty() ? &json : find(json, selection.path);
  if (found == nullptr) {
    return invalid("there is nothing at \"" + selection.path + "\" in a message of " +
                   size_of(payload));
  }
  const Result<double> value = value_of(*found, selection);
  if (!value) return value.error();
  if (!std::isfinite(*value)) return invalid("the number is too large");
  MqttValue result{.value = *value};
  if (selection.time_path.empty()) return result;
  const Json* const stamp = find(json, selection.time_path);
  if (stamp != nullptr) result.sent_ns = time_of(*stamp);
  if (!result.sent_ns) return invalid("at \"" + selection.time_path + "\" there is no time");
  return result;
}

std::optional<bool> mqtt_availability(std::string_view payload) {
  payload = trimmed(payload);
  if (same_word(payload, "online")) return true;
  if (same_word(payload, "offline")) return false;
  if (payload.size() > kMqttPayloadMax) return std::nullopt;
  const Json json = parse(payload);
  const Json* const state = json.is_object() ? find(json, "state") : nullptr;
  if (state == nullptr || !state->is_string()) return std::nullopt;
  const auto& word = state->get_ref<const std::string&>();
  if (same_word(word, "online")) return true;
  return same_word(word, "offline") ? std::optional(false) : std::nullopt;
}

std::optional<std::int64_t> mqtt_time(std::string_view text) {
  text = trimmed(text);
  if (const std::optional<double> number = parse_double(text)) {
    if (std::abs(*number) < kMillisecondsFrom) {
      // Through the text, for the nanoseconds of a double of this size are not its own.
      return parse_recorded_time(text);
    }
    if (std::abs(*number) > kMillisecondsMax) return std::nullopt;
    return std::llround(*number) *
           (1'000'000'000 / static_cast<std::int64_t>(kMillisecondsPerSecond));
  }
  // "2026-11-30T21:00:00.5+01:00": what is behind the second is the zone.
  constexpr std::size_t kDateAndTime = 19;
  if (text.size() < kDateAndTime) return std::nullopt;
  const std::size_t zone = text.find_first_of("Zz+-", kDateAndTime);
  const std::optional<std::int64_t> local = parse_recorded_time(text.substr(0, zone));
  if (!local || zone == std::string_view::npos) return local;
  if (text[zone] == 'Z' || text[zone] == 'z') {
    return zone + 1 == text.size() ? local : std::nullopt;
  }
  const std::string_view offset = text.substr(zone + 1);
  if (offset.size() != 5 || offset[2] != ':') return std::nullopt;
  const std::optional<std::uint64_t> hours = parse_count(offset.substr(0, 2));
  const std::optional<std::uint64_t> minutes = parse_count(offset.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const Duration east = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return text[zone] == '+' ? *local - east.count() : *local + east.count();
}

}  // namespace sluice::hal
