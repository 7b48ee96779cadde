#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <mosquitto.h>

#include "uplink/mqtt_connection_impl.hpp"
#include "uplink/mqtt_limits.hpp"
#include "uplink/mqtt_reason.hpp"

namespace sluice::uplink {
namespace {

// One read of the library yields a handful; more means that something is very wrong.
constexpr std::size_t kEventsMax = 1'024;

}  // namespace

void MqttConnection::Impl::hear() {
  mosquitto_connect_v5_callback_set(client.get(), on_connect);
  mosquitto_disconnect_v5_callback_set(client.get(), on_disconnect);
  mosquitto_subscribe_v5_callback_set(client.get(), on_subscribe);
  mosquitto_publish_v5_callback_set(client.get(), on_publish);
  mosquitto_message_v5_callback_set(client.get(), on_message);
  mosquitto_log_callback_set(client.get(), on_log);
}

void MqttConnection::Impl::note(LinkEvent event) {
  if (events.size() < kEventsMax) {
    events.push_back(std::move(event));
  } else {
    finish(LinkFault::kProtocol, "the broker sends more at once than can be held");
  }
}

void MqttConnection::Impl::finish(LinkFault fault, std::string text) {
  if (end.kind == LinkFault::kNone) end = {fault, std::move(text)};
}

void MqttConnection::Impl::finish(int code) {
  const std::string text = words_for(code);
  if (setup.tls) {
    // What TLS has noted comes before what the library makes of it.
    if (const std::optional<Fault> fault = setup.tls->fault()) {
      return finish(fault->kind, fault->text);
    }
    if (!accepted && (code == MOSQ_ERR_TLS || is_shaking_hands())) {
      return finish(LinkFault::kTlsHandshake,
                    "no TLS connection with the broker: " + (complaint.empty() ? text : complaint));
    }
  }
  finish(code == MOSQ_ERR_PROTOCOL || code == MOSQ_ERR_MALFORMED_PACKET ? LinkFault::kProtocol
                                                                        : LinkFault::kLost,
         text);
}

void MqttConnection::Impl::on_connect(mosquitto*, void* self, int reason, int,
                                      const mosquitto_property* properties) noexcept {
  Impl& connection = *static_cast<Impl*>(self);
  if (reason == 0) {
    connection.accepted = true;
    const Announced announced = announced_in(properties, connection.limits.keep_alive);
    connection.limits = announced.limits;
    if (announced.qos_1) return;
    return connection.finish(LinkFault::kQosRefused,
                             "it knows no QoS 1; nothing could be delivered exactly once");
  }
  connection.refusal = reason;
  const Fault refused = connect_refused(reason);
  connection.finish(refused.kind, refused.text);
}

void MqttConnection::Impl::on_disconnect(mosquitto*, void* self, int reason,
                                         const mosquitto_property*) noexcept {
  Impl& connection = *static_cast<Impl*>(self);
  if (reason < kRefusalReason) return connection.finish(reason);
  const Fault told = disconnected(reason);
  connection.finish(told.kind, told.text);
}

void MqttConnection::Impl::on_subscribe(mosquitto*, void* self, int id, int count,
                                        const int* granted, const mosquitto_property*) noexcept {
  Impl& connection = *static_cast<Impl*>(self);
  if (count == 1 && (granted[0] < kRefusalReason || id == connection.refusable_id)) {
    ++connection.granted_count;
    return;
  }
  connection.finish(LinkFault::kAccessRefused,
                    "the broker does not let us subscribe: check its access rules");
}

void MqttConnection::Impl::on_publish(mosquitto*, void* self, int id, int reason,
                                      const mosquitto_property*) noexcept {
  Impl& connection = *static_cast<Impl*>(self);
  const auto found = std::find_if(connection.under_way.begin(), connection.under_way.end(),
                                  [id](const UnderWay& one) { return one.message_id == id; });
  if (found == connection.under_way.end()) return;  // a PUBACK for nothing of ours
  connection.note(Taken{found->token, reason >= kRefusalReason, static_cast<std::uint8_t>(reason)});
  connection.under_way.erase(found);
}

void MqttConnection::Impl::on_message(mosquitto*, void* self, const mosquitto_message* message,
                                      const mosquitto_property*) noexcept {
  const auto* const bytes = static_cast<const std::byte*>(message->payload);
  const auto size = static_cast<std::size_t>(std::max(message->payloadlen, 0));
  static_cast<Impl*>(self)->note(
      Message{message->topic, size == 0 ? Bytes{} : Bytes(bytes, bytes + size), message->retain});
}

// Where the library says what OpenSSL complained of, as "...: reason"; it keeps nothing of it.
void MqttConnection::Impl::on_log(mosquitto*, void* self, int level, const char* line) noexcept {
  const std::string_view text(line);
  if (level != MOSQ_LOG_ERR || !text.starts_with("OpenSSL Error")) return;
  static_cast<Impl*>(self)->complaint = text.substr(text.rfind(':') + 1);
}

}  // namespace sluice::uplink
