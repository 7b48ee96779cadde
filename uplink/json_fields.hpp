#pragma once
// How the small messages are read from JSON and written to it (uplink/messages.hpp): strictly, one
// value after the other. For uplink/messages.cpp and uplink/ack_message.cpp alone. Pure functions,
// any thread.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/alert.hpp"
#include "core/chunk.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::uplink {

using Json = nlohmann::ordered_json;

// Discarded when it is too large or no JSON.
Json parse(std::span<const std::byte> payload);
Bytes written(const Json& json);
Error not_a(std::string_view what);

// One value of the wire into one of ours; false when it is not exactly that.
bool read(const Json& json, std::uint64_t& out);
bool read(const Json& json, std::uint32_t& out);
bool read(const Json& json, std::int64_t& out);
bool read(const Json& json, double& out);
bool read(const Json& json, bool& out);
bool read(const Json& json, std::string& out);
bool read(const Json& json, Instant& out);
bool read(const Json& json, std::optional<WallTime>& out);
bool read(const Json& json, RunId& out);
bool read(const Json& json, Stream& out);
bool read(const Json& json, Quality& out);
bool read(const Json& json, Severity& out);
bool read(const Json& json, AlertChange& out);

// Enumerators are named on the wire; `count` is how many there are.
template <typename Enum>
bool read_name(const Json& json, std::uint8_t count, Enum& out) {
  std::string text;
  if (!read(json, text)) return false;
  for (std::uint8_t number = 0; number < count; ++number) {
    if (name_of(static_cast<Enum>(number)) != text) continue;
    out = static_cast<Enum>(number);
    return true;
  }
  return false;
}

// An object with exactly the fields named. `fields` are pairs of a name and where the value goes.
template <typename... Fields>
bool read_object(const Json& json, Fields... fields) {
  if (!json.is_object() || json.size() != sizeof...(fields)) return false;
  const auto read_field = [&json](const auto& field) {
    const auto found = json.find(field.first);
    return found != json.end() && read(*found, *field.second);
  };
  return (read_field(fields) && ...);
}

template <typename T>
std::pair<const char*, T*> field(const char* name, T& value) {
  return {name, &value};
}

// Exactly as many hexadecimal digits as the number can have.
template <typename Number>
bool read_hex(const Json& json, Number& out) {
  std::string text;
  if (!read(json, text) || text.size() != 2 * sizeof(Number)) return false;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, out, 16);
  return error == std::errc{} && stopped == end;
}

// An array of at most `Max` values, each read by read().
template <std::size_t Max, typename T>
struct Bounded {
  std::vector<T>& values;
};

template <std::size_t Max, typename T>
bool read(const Json& json, Bounded<Max, T>& out) {
  if (!json.is_array() || json.size() > Max) return false;
  for (const Json& element : json) {
    if (!read(element, out.values.emplace_back())) return false;
  }
  return true;
}

template <typename Number>
std::string hex(Number value) {
  std::string digits(2 * sizeof(Number), '0');
  for (std::size_t i = digits.size(); i-- > 0; value >>= 4) {
    digits[i] = "0123456789abcdef"[value & 0xFU];
  }
  return digits;
}

}  // namespace sluice::uplink
