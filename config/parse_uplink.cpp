#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/broker.hpp"
#include "config/sections.hpp"
#include "config/units.hpp"
#include "core/result.hpp"

namespace sluice::config {
namespace {

void parse_keep_alive(TableReader& reader, uplink::KeepAlive::Options& keep_alive) {
  const auto take = [&reader](std::string_view name, Duration& into) {
    if (reader.duration(name, into) && into % std::chrono::seconds(1) != Duration::zero()) {
      reader.report(name, text_of_duration(into) + " is not in whole seconds, as MQTT counts it");
    }
  };
  take("keep_alive", keep_alive.begin);
  take("keep_alive_min", keep_alive.min);
  take("keep_alive_max", keep_alive.max);
  keep_alive.min = std::min(keep_alive.min, keep_alive.begin);
  keep_alive.max = std::max(keep_alive.max, keep_alive.begin);
}

bool is_pin(const std::string& word) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return word.size() == 64 && std::ranges::all_of(word, is_digit);
}

void parse_tls(TableReader& uplink, uplink::LinkOptions& link) {
  TableReader reader = uplink.table("tls", Section::kTls);
  reader.path("ca_file", link.tls.ca_file);
  reader.path("certificate_file", link.tls.certificate_file);
  reader.path("key_file", link.tls.key_file);
  reader.path("crl_file", link.tls.crl_file);
  if (reader.texts("pins", link.tls.pins) && !std::ranges::all_of(link.tls.pins, is_pin)) {
    reader.report("pins", "a pin is 64 digits of 0-9 and a-f; docs/tls.md says how to get it");
  }
  if (reader.has("certificate_file") != reader.has("key_file")) {
    reader.report(reader.has("key_file") ? "key_file" : "certificate_file",
                  "certificate_file and key_file belong together");
  }
  if (link.use_tls && !reader.has("ca_file")) {
    uplink.report("broker", "mqtts:// needs uplink.tls.ca_file: whom to trust");
  }
  reader.reject_strangers();
}

void parse_link(TableReader& reader, uplink::LinkOptions& link) {
  if (std::string address; reader.text("broker", address)) {
    Result<Broker> broker = parse_broker(address);
    if (broker) {
      link.host = std::move(broker->host);
      link.port = broker->port;
      link.use_tls = broker->use_tls;
    } else {
      reader.report("broker", broker.error().message);
    }
  }
  reader.text("client_id", link.client_id);
  parse_keep_alive(reader, link.keep_alive);
  reader.duration("retry_max", link.retry_max);
  reader.choice("mqtt_version", link.version);
  reader.path("credentials_file", link.credentials_file);
  parse_tls(reader, link);
}

void parse_delivery(TableReader& reader, uplink::Options& delivery) {
  reader.path("ack_key_file", delivery.ack_key_file);
  reader.integer("batches_in_flight", delivery.batches_in_flight_max);
  std::uint64_t bytes = delivery.batch_bytes_max;
  reader.size("batch_size", bytes);
  delivery.batch_bytes_max = static_cast<std::size_t>(bytes);
  reader.duration("ack_timeout", delivery.ack_timeout_min);
  reader.duration("ack_timeout_max", delivery.ack_timeout_max);
  reader.duration("live_every", delivery.live_every);
  reader.integer("live_alerts_per_minute", delivery.live_alerts_a_minute);
  reader.choice("backlog", delivery.backlog);
  delivery.profiles = parse_profiles(reader);

  if (delivery.ack_timeout_max < delivery.ack_timeout_min) {
    reader.report(reader.has("ack_timeout_max") ? "ack_timeout_max" : "ack_timeout",
                  "ack_timeout_max of " + text_of_duration(delivery.ack_timeout_max) +
                      " is shorter than ack_timeout of " +
                      text_of_duration(delivery.ack_timeout_min));
  }
}

void parse_around_alert(TableReader& reader, AroundAlert& around) {
  reader.duration("around_alert_before", around.before);
  reader.duration("around_alert_after", around.after);
  reader.choice("around_alert_channels", around.channels);
}

}  // namespace

void parse_uplink(TableReader& root, Config& config) {
  TableReader reader = root.table("uplink", Section::kUplink);
  config.uplink.delivery.gateway = config.gateway.id;
  config.uplink.link.client_id = "sluice-" + config.gateway.id;
  reader.flag("enabled", config.uplink.enabled);
  parse_link(reader, config.uplink.link);
  parse_delivery(reader, config.uplink.delivery);
  parse_around_alert(reader, config.uplink.around_alert);
  reader.reject_strangers();
}

}  // namespace sluice::config
