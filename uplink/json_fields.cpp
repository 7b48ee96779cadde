#include "uplink/json_fields.hpp"

#include <limits>

#include "uplink/messages.hpp"

namespace sluice::uplink {
namespace {

// Objects inside arrays inside the message: nothing of ours is deeper.
constexpr int kDepthMax = 3;

}  // namespace

bool read(const Json& json, std::uint64_t& out) {
  if (!json.is_number_unsigned()) return false;
  out = json.get<std::uint64_t>();
  return true;
}

bool read(const Json& json, std::uint32_t& out) {
  std::uint64_t wide = 0;
  if (!read(json, wide) || wide > std::numeric_limits<std::uint32_t>::max()) return false;
  out = static_cast<std::uint32_t>(wide);
  return true;
}

bool read(const Json& json, std::int64_t& out) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!json.is_number_integer()) return false;
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > kMax) return false;
  out = json.get<std::int64_t>();
  return true;
}

bool read(const Json& json, double& out) {
  if (!json.is_number() && !json.is_null()) return false;
  out = json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
  return true;
}

bool read(const Json& json, bool& out) {
  if (!json.is_boolean()) return false;
  out = json.get<bool>();
  return true;
}

bool read(const Json& json, std::string& out) {
  if (!json.is_string()) return false;
  out = json.get_ref<const std::string&>();
  return out.size() <= kTextBytesMax;
}

bool read(const Json& json, Instant& out) {
  std::int64_t ns = 0;
  if (!read(json, ns)) return false;
  out = instant_from_ns(ns);
  return true;
}

bool read(const Json& json, std::optional<WallTime>& out) {
  std::int64_t ns = 0;
  if (json.is_null()) return true;
  if (!read(json, ns)) return false;
  out = wall_time_from_ns(ns);
  return true;
}

bool read(const Json& json, RunId& out) {
  std::string text;
  if (!read(json, text)) return false;
  const Result<RunId> run = parse_run_id(text);
  if (run) out = *run;
  return run.ok();
}

bool read(const Json& json, Stream& out) {
  return read_name(json, kStreamCount, out);
}
bool read(const Json& json, Quality& out) {
  return read_name(json, kQualityCount, out);
}
bool read(const Json& json, Severity& out) {
  return read_name(json, kSeverityCount, out);
}
bool read(const Json& json, AlertChange& out) {
  return read_name(json, kAlertChangeCount, out);
}

Json parse(std::span<const std::byte> payload) {
  if (payload.size() > kMessageBytesMax) return Json::value_t::discarded;
  const auto* const begin = reinterpret_cast<const char*>(payload.data());
  // Deeper values are not even built: a message of nothing but brackets costs no more than itself.
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= kDepthMax; };
  return Json::parse(begin, begin + payload.size(), shallow, false);
}

Error not_a(std::string_view what) {
  return {ErrorCode::kInvalid, "the message is not a well-formed " + std::string(what)};
}

Bytes written(const Json& json) {
  // Texts are cut by bytes, which may split a character: replaced, never thrown for.
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

}  // namespace sluice::uplink
