#include "uplink/messages.hpp"

#include <optional>
#include <string>
#include <utility>

#include "core/check.hpp"
#include "uplink/json_fields.hpp"

namespace sluice::uplink {
// ---- Reading ------------------------------------------------------------------------------------
// Not in the unnamed namespace, where read_object() would not find them.

static bool read(const Json& json, HelloHolding& out) {
  return read_object(json, field("run", out.run), field("stream", out.stream),
                     field("last_seq", out.last_seq), field("pending", out.pending));
}

static bool read(const Json& json, LiveAlert& out) {
  return read_object(json, field("name", out.name), field("channel", out.channel),
                     field("change", out.change), field("severity", out.severity),
                     field("value", out.value), field("count", out.count),
                     field("boot_ns", out.time), field("wall_ns", out.wall));
}

static bool read(const Json& json, LiveValue& out) {
  return read_object(json, field("channel", out.channel), field("unit", out.unit),
                     field("value", out.value), field("quality", out.quality),
                     field("boot_ns", out.time), field("wall_ns", out.wall));
}

namespace {

// ---- Writing ------------------------------------------------------------------------------------

std::string cut(const std::string& text) {
  return text.substr(0, kTextBytesMax);
}

Json written(const std::optional<WallTime>& wall) {
  return wall ? Json(to_ns(*wall)) : Json();
}

}  // namespace

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
