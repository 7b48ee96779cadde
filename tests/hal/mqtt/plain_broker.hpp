#pragma once
// A broker on the loopback that accepts every client and subscription and publishes what the test
// tells it to, in the test's own thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/uplink/scripted_broker.hpp"

namespace sluice::hal {

class PlainBroker {
 public:
  std::string address() const { return "mqtt://127.0.0.1:" + std::to_string(wire_.port()); }

  // Answers what has come.
  void serve() {
    for (const uplink::ScriptedBroker::Packet& packet : wire_.receive()) {
      if (packet.type == uplink::ScriptedBroker::kConnect) {
        // "MQTT" has six bytes with its length; then the version.
        version_ = packet.body.at(6);
        if (version_ == 5 && old_) {
          wire_.send({0x20, 2, 0, 1});  // CONNACK: unacceptable protocol version
        } else if (version_ == 5) {
          wire_.send({0x20, 3, 0, 0, 0});
        } else {
          wire_.send({0x20, 2, 0, 0});
        }
      }
      if (packet.type == uplink::ScriptedBroker::kSubscribe) subscribed(packet.body);
    }
  }
  void publish(const std::string& topic, const std::string& payload, bool retained = false) {
    std::vector<std::uint8_t> body{static_cast<std::uint8_t>(topic.size() >> 8U),
                                   static_cast<std::uint8_t>(topic.size())};
    body.insert(body.end(), topic.begin(), topic.end());
    if (version_ == 5) body.push_back(0);
    body.insert(body.end(), payload.begin(), payload.end());
    std::vector<std::uint8_t> packet{static_cast<std::uint8_t>(retained ? 0x31 : 0x30)};
    std::size_t length = body.size();
    do {
      packet.push_back(static_cast<std::uint8_t>((length % 128) | (length >= 128 ? 0x80U : 0U)));
      length /= 128;
    } while (length > 0);
    packet.insert(packet.end(), body.begin(), body.end());
    CHECK(wire_.offer(packet));
  }

  void hang_up() { wire_.hang_up(); }
  void stop_listening() { wire_.stop_listening(); }
  void refuse_version_5() { old_ = true; }
  void refuse_subscriptions() { refuses_ = true; }
  int version() const { return version_; }
  int connections() const { return wire_.connections(); }
  const std::vector<std::string>& topics() const { return topics_; }

 private:
  void subscribed(const std::vector<std::uint8_t>& body) {
    const std::size_t head = version_ == 5 ? 3 : 2;  // the number, and the length of properties
    const std::size_t length = (std::size_t{body.at(head)} << 8U) + body.at(head + 1);
    const auto begin = body.begin() + static_cast<std::ptrdiff_t>(head) + 2;
    topics_.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length));
    const std::uint8_t granted = refuses_ ? (version_ == 5 ? 0x87 : 0x80) : 1;
    if (version_ == 5) {
      wire_.send({0x90, 4, body.at(0), body.at(1), 0, granted});
    } else {
      wire_.send({0x90, 3, body.at(0), body.at(1), granted});
    }
  }

  uplink::ScriptedBroker wire_;
  bool old_ = false;
  bool refuses_ = false;
  int version_ = 0;
  std::vector<std::string> topics_;
};

}  // namespace sluice::hal
