#include "uplink/mqtt_reason.hpp"

#include <cerrno>
#include <string>
#include <system_error>

#include <mosquitto.h>
#include <mqtt_protocol.h>

namespace sluice::uplink {
namespace {

LinkFault fault_of(int reason) {
  switch (reason) {
    case CONNACK_REFUSED_BAD_USERNAME_PASSWORD:
    case CONNACK_REFUSED_NOT_AUTHORIZED:
    case MQTT_RC_BAD_USERNAME_OR_PASSWORD:
    case MQTT_RC_NOT_AUTHORIZED:
    case MQTT_RC_BAD_AUTHENTICATION_METHOD:
      return LinkFault::kAuthRefused;
    case CONNACK_REFUSED_IDENTIFIER_REJECTED:
    case MQTT_RC_CLIENTID_NOT_VALID:
    case MQTT_RC_BANNED:
      return LinkFault::kClientRefused;
    case CONNACK_REFUSED_SERVER_UNAVAILABLE:
    case MQTT_RC_SERVER_UNAVAILABLE:
    case MQTT_RC_SERVER_BUSY:
    case MQTT_RC_SERVER_SHUTTING_DOWN:
    case MQTT_RC_QUOTA_EXCEEDED:
    case MQTT_RC_MESSAGE_RATE_TOO_HIGH:
    case MQTT_RC_CONNECTION_RATE_EXCEEDED:
      return LinkFault::kBusy;
    case MQTT_RC_QOS_NOT_SUPPORTED:
      return LinkFault::kQosRefused;
    case MQTT_RC_SESSION_TAKEN_OVER:
      return LinkFault::kTakenOver;
    case MQTT_RC_MALFORMED_PACKET:
    case MQTT_RC_PROTOCOL_ERROR:
      return LinkFault::kProtocol;
    default:
      return LinkFault::kRefused;
  }
}

}  // namespace

bool is_version_refusal(int reason) {
  // A 3.1.1 broker says 1 where v5 says 0x84.
  return reason == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION ||
         reason == CONNACK_REFUSED_PROTOCOL_VERSION;
}

bool is_retain_refusal(int reason) {
  return reason == MQTT_RC_RETAIN_NOT_SUPPORTED;
}

Fault connect_refused(int reason) {
  const char* const words =
      reason >= kRefusalReason ? mosquitto_reason_string(reason) : mosquitto_connack_string(reason);
  return {fault_of(reason), std::string("the broker refuses us: ") + words};
}

Fault disconnected(int reason) {
  const LinkFault fault = fault_of(reason);
  // An ordinary end, such as by the administrator, is no refusal.
  return {fault == LinkFault::kRefused ? LinkFault::kLost : fault,
          std::string("the broker ends the connection: ") + mosquitto_reason_string(reason)};
}

std::string words_for(int code) {
  if (code == MOSQ_ERR_SUCCESS) return "the broker closed the connection";
  if (code == MOSQ_ERR_KEEPALIVE) return "the broker has fallen silent";  // no words in the library
  if (code == MOSQ_ERR_ERRNO) return std::generic_category().message(errno);
  std::string text = mosquitto_strerror(code);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace sluice::uplink
