#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "config/broker.hpp"
#include "config/sections.hpp"
#include "config/units.hpp"
#include "core/result.hpp"

namespace sluice::config {
namespace {

void parse_link(TableReader& reader, uplink::LinkOptions& link) {
  if (std::string address; reader.text("broker", address)) {
    Result<Broker> broker = parse_broker(address);
    if (broker) {
      link.host = std::move(broker->host);
      link.port = broker->port;
    } else {
      reader.report("broker", broker.error().message);
    }
  }
  reader.text("client_id", link.client_id);
  if (reader.duration("keep_alive", link.keep_alive) &&
      link.keep_alive % std::chrono::seconds(1) != Duration::zero()) {
    reader.report("keep_alive", text_of_duration(link.keep_alive) +
                                    " is not in whole seconds, as MQTT counts it");
  }
  reader.choice("mqtt_version", link.version);
  reader.path("credentials_file", link.credentials_file);
}

void parse_delivery(TableReader& reader, uplink::Options& delivery) {
  reader.integer("batches_in_flight", delivery.batches_in_flight_max);
  std::uint64_t bytes = delivery.batch_bytes_max;
  reader.size("batch_size", bytes);
  delivery.batch_bytes_max = static_cast<std::size_t>(bytes);
  reader.duration("ack_timeout", delivery.ack_timeout_min);
  reader.duration("ack_timeout_max", delivery.ack_timeout_max);
  reader.duration("live_every", delivery.live_every);

  if (delivery.ack_timeout_max < delivery.ack_timeout_min) {
    reader.report(reader.has("ack_timeout_max") ? "ack_timeout_max" : "ack_timeout",
                  "ack_timeout_max of " + text_of_duration(delivery.ack_timeout_max) +
                      " is shorter than ack_timeout of " +
                      text_of_duration(delivery.ack_timeout_min));
  }
}

}  // namespace

void parse_uplink(TableReader& root, Config& config) {
  TableReader reader = root.table("uplink", Section::kUplink);
  config.uplink.delivery.gateway = config.gateway.id;
  config.uplink.link.client_id = "sluice-" + config.gateway.id;
  reader.flag("enabled", config.uplink.enabled);
  parse_link(reader, config.uplink.link);
  parse_delivery(reader, config.uplink.delivery);
  reader.reject_strangers();
}

}  // namespace sluice::config
