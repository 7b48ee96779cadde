#pragma once
// What a broker announces in its CONNACK. For uplink/mqtt_callbacks.cpp alone.

#include "core/time.hpp"
#include "uplink/link.hpp"

struct mqtt5__property;  // the MQTT library's

namespace sluice::uplink {

struct Announced {
  BrokerLimits limits;
  bool qos_1 = true;  // without it nothing can be delivered exactly once
};

// `wanted_keep_alive` holds where the broker announces no keep-alive of its own. Null properties:
// MQTT 3.1.1.
Announced announced_in(const mqtt5__property* properties, Duration wanted_keep_alive);

}  // namespace sluice::uplink
