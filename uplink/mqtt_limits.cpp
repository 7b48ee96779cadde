#include "uplink/mqtt_limits.hpp"

#include <cstdint>

#include <mosquitto.h>
#include <mqtt_protocol.h>

namespace sluice::uplink {

Announced announced_in(const mqtt5__property* properties, Duration wanted_keep_alive) {
  Announced announced;
  BrokerLimits& limits = announced.limits;
  limits.keep_alive = wanted_keep_alive;
  std::uint32_t size = 0;
  if (mosquitto_property_read_int32(properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, &size, false)) {
    limits.packet_bytes_max = size;
  }
  std::uint16_t count = 0;
  if (mosquitto_property_read_int16(properties, MQTT_PROP_RECEIVE_MAXIMUM, &count, false)) {
    limits.receive_max = count;
  }
  std::uint16_t seconds = 0;
  if (mosquitto_property_read_int16(properties, MQTT_PROP_SERVER_KEEP_ALIVE, &seconds, false)) {
    limits.keep_alive = std::chrono::seconds(seconds);
  }
  std::uint8_t flag = 0;
  if (mosquitto_property_read_byte(properties, MQTT_PROP_RETAIN_AVAILABLE, &flag, false)) {
    limits.retain = flag != 0;
  }
  if (mosquitto_property_read_byte(properties, MQTT_PROP_MAXIMUM_QOS, &flag, false)) {
    announced.qos_1 = flag != 0;
  }
  return announced;
}

}  // namespace sluice::uplink
