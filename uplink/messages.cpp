#include "uplink/messages.hpp"

#include <charconv>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/check.hpp"
#include "core/interval_set.hpp"

namespace sluice::uplink {
namespace {

// Objects inside arrays inside the message: nothing of ours is deeper.
constexpr int kDepthMax = 3;

using Json = nlohmann::ordered_json;

// ---- Reading ------------------------------------------------------------------------------------

// One value of the wire into one of ours; false when it is not exactly that.
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

// [first, last, "check"] of a held interval.
struct Held : Interval {};
// [first, last] of a resolved one.
struct Resolved : Interval {};

// Exactly as many hexadecimal digits as the number can have.
template <typename Number>
bool read_hex(const Json& json, Number& out) {
  std::string text;
  if (!read(json, text) || text.size() != 2 * sizeof(Number)) return false;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, out, 16);
  return error == std::errc{} && stopped == end;
}

bool read_ends(const Json& json, std::size_t size, Interval& out) {
  return json.is_array() && json.size() == size && read(json[0], out.first) &&
         read(json[1], out.last) && out.first >= 1 && out.first <= out.last;
}

bool read(const Json& json, Held& out) {
  return read_ends(json, 3, out) && read_hex(json[2], out.check);
}

bool read(const Json& json, Resolved& out) {
  return read_ends(json, 2, out);
}

// [seq, "crc", "crc"], or null instead of the second.
bool read(const Json& json, Refusal& out) {
  if (!json.is_array() || json.size() != 3) return false;
  if (!read(json[0], out.seq) || out.seq < 1 || !read_hex(json[1], out.crc)) return false;
  return json[2].is_null() || read_hex(json[2], out.standing.emplace());
}

bool read(const Json& json, HelloHolding& out) {
  return read_object(json, field("run", out.run), field("stream", out.stream),
                     field("last_seq", out.last_seq), field("pending", out.pending));
}

bool read(const Json& json, LiveAlert& out) {
  return read_object(json, field("name", out.name), field("channel", out.channel),
                     field("change", out.change), field("severity", out.severity),
                     field("value", out.value), field("count", out.count),
                     field("boot_ns", out.time), field("wall_ns", out.wall));
}

bool read(const Json& json, LiveValue& out) {
  return read_object(json, field("channel", out.channel), field("unit", out.unit),
                     field("value", out.value), field("quality", out.quality),
                     field("boot_ns", out.time), field("wall_ns", out.wall));
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

// Both kinds together must be one sorted set: an Ack that says a thing twice was not made by us.
template <typename T>
bool move_sorted(const std::vector<T>& from, IntervalSet& seen, std::vector<Interval>& to) {
  for (const T& interval : from) {
    if (!to.empty() && interval.first <= to.back().last) return false;
    if (!seen.insert(interval)) return false;
    to.push_back(interval);
  }
  return true;
}

// ---- Writing ------------------------------------------------------------------------------------

Bytes written(const Json& json) {
  // Texts are cut by bytes, which may split a character: replaced, never thrown for.
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

std::string cut(const std::string& text) {
  return text.substr(0, kTextBytesMax);
}

template <typename Number>
std::string hex(Number value) {
  std::string digits(2 * sizeof(Number), '0');
  for (std::size_t i = digits.size(); i-- > 0; value >>= 4) {
    digits[i] = "0123456789abcdef"[value & 0xFU];
  }
  return digits;
}

Json written(const std::optional<WallTime>& wall) {
  return wall ? Json(to_ns(*wall)) : Json();
}

}  // namespace

Bytes encode(const Ack& ack) {
  CHECK(ack.held.size() <= kAckIntervalsMax && ack.resolved.size() <= kAckIntervalsMax);
  CHECK(ack.refusals.size() <= kAckIntervalsMax);
  Json held = Json::array();
  for (const Interval& interval : ack.held) {
    held.push_back(Json::array({interval.first, interval.last, hex(interval.check)}));
  }
  Json resolved = Json::array();
  for (const Interval& interval : ack.resolved) {
    resolved.push_back(Json::array({interval.first, interval.last}));
  }
  Json refused = Json::array();
  for (const Refusal& refusal : ack.refusals) {
    const Json standing = refusal.standing ? Json(hex(*refusal.standing)) : Json();
    refused.push_back(Json::array({refusal.seq, hex(refusal.crc), standing}));
  }
  return written(Json{{"run", to_hex(ack.run)},
                      {"stream", name_of(ack.stream)},
                      {"held", std::move(held)},
                      {"resolved", std::move(resolved)},
                      {"refused", std::move(refused)}});
}

Bytes encode(const Hello& hello) {
  CHECK(hello.holdings.size() <= kHoldingsMax);
  Json holdings = Json::array();
  for (const HelloHolding& holding : hello.holdings) {
    holdings.push_back({{"run", to_hex(holding.run)},
                        {"stream", name_of(holding.stream)},
                        {"last_seq", holding.last_seq},
                        {"pending", holding.pending}});
  }
  return written(Json{{"run", to_hex(hello.run)},
                      {"boot", cut(hello.boot)},
                      {"version", cut(hello.version)},
                      {"config_hash", cut(hello.config_hash)},
                      {"holdings", std::move(holdings)}});
}

Bytes encode(const Status& status) {
  return written(Json{{"run", to_hex(status.run)}, {"online", status.online}});
}

Bytes encode(const Live& live) {
  CHECK(live.alerts.size() <= kLiveAlertsMax && live.values.size() <= kLiveValuesMax);
  Json alerts = Json::array();
  for (const LiveAlert& alert : live.alerts) {
    alerts.push_back({{"name", cut(alert.name)},
                      {"channel", cut(alert.channel)},
                      {"change", name_of(alert.change)},
                      {"severity", name_of(alert.severity)},
                      {"value", alert.value},
                      {"count", alert.count},
                      {"boot_ns", to_ns(alert.time)},
                      {"wall_ns", written(alert.wall)}});
  }
  Json values = Json::array();
  for (const LiveValue& value : live.values) {
    values.push_back({{"channel", cut(value.channel)},
                      {"unit", cut(value.unit)},
                      {"value", value.value},
                      {"quality", name_of(value.quality)},
                      {"boot_ns", to_ns(value.time)},
                      {"wall_ns", written(value.wall)}});
  }
  return written(Json{
      {"run", to_hex(live.run)}, {"alerts", std::move(alerts)}, {"values", std::move(values)}});
}

Result<Ack> decode_ack(std::span<const std::byte> payload) {
  Ack ack;
  std::vector<Held> held;
  std::vector<Resolved> resolved;
  Bounded<kAckIntervalsMax, Held> bounded_held{held};
  Bounded<kAckIntervalsMax, Resolved> bounded_resolved{resolved};
  Bounded<kAckIntervalsMax, Refusal> refusals{ack.refusals};
  IntervalSet seen;
  if (!read_object(parse(payload), field("run", ack.run), field("stream", ack.stream),
                   field("held", bounded_held), field("resolved", bounded_resolved),
                   field("refused", refusals)) ||
      !move_sorted(held, seen, ack.held) || !move_sorted(resolved, seen, ack.resolved)) {
    return not_a("acknowledgement");
  }
  return ack;
}

Result<Hello> decode_hello(std::span<const std::byte> payload) {
  Hello hello;
  Bounded<kHoldingsMax, HelloHolding> holdings{hello.holdings};
  if (!read_object(parse(payload), field("run", hello.run), field("boot", hello.boot),
                   field("version", hello.version), field("config_hash", hello.config_hash),
                   field("holdings", holdings))) {
    return not_a("hello");
  }
  return hello;
}

Result<Status> decode_status(std::span<const std::byte> payload) {
  Status status;
  if (!read_object(parse(payload), field("run", status.run), field("online", status.online))) {
    return not_a("status");
  }
  return status;
}

Result<Live> decode_live(std::span<const std::byte> payload) {
  Live live;
  Bounded<kLiveAlertsMax, LiveAlert> alerts{live.alerts};
  Bounded<kLiveValuesMax, LiveValue> values{live.values};
  if (!read_object(parse(payload), field("run", live.run), field("alerts", alerts),
                   field("values", values))) {
    return not_a("live message");
  }
  return live;
}

}  // namespace sluice::uplink
