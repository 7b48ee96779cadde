#include "uplink/link_fault.hpp"

#include "core/check.hpp"

namespace sluice::uplink {

std::string_view name_of(LinkFault fault) {
  switch (fault) {
    case LinkFault::kNone:
      return "none";
    case LinkFault::kLost:
      return "lost";
    case LinkFault::kRouteChanged:
      return "route_changed";
    case LinkFault::kDns:
      return "dns";
    case LinkFault::kUnreachable:
      return "unreachable";
    case LinkFault::kTimeout:
      return "timeout";
    case LinkFault::kProtocol:
      return "protocol";
    case LinkFault::kCredentials:
      return "credentials";
    case LinkFault::kAuthRefused:
      return "auth_refused";
    case LinkFault::kAccessRefused:
      return "access_refused";
    case LinkFault::kClientRefused:
      return "client_refused";
    case LinkFault::kTakenOver:
      return "taken_over";
    case LinkFault::kQosRefused:
      return "qos_refused";
    case LinkFault::kBusy:
      return "busy";
    case LinkFault::kRefused:
      return "refused";
    case LinkFault::kTlsSetup:
      return "tls_setup";
    case LinkFault::kTlsHandshake:
      return "tls_handshake";
    case LinkFault::kTlsExpired:
      return "tls_expired";
    case LinkFault::kTlsNotYetValid:
      return "tls_not_yet_valid";
    case LinkFault::kTlsTime:
      return "tls_time";
    case LinkFault::kTlsWrongHost:
      return "tls_wrong_host";
    case LinkFault::kTlsUnknownCa:
      return "tls_unknown_ca";
    case LinkFault::kTlsWeakKey:
      return "tls_weak_key";
    case LinkFault::kTlsRevoked:
      return "tls_revoked";
    case LinkFault::kTlsRevocationList:
      return "tls_revocation_list";
    case LinkFault::kTlsPin:
      return "tls_pin";
    case LinkFault::kTlsCertificate:
      return "tls_certificate";
    case LinkFault::kTlsClientCertificate:
      return "tls_client_certificate";
  }
  CHECK(false);
}

bool is_refusal(LinkFault fault) {
  switch (fault) {
    case LinkFault::kAuthRefused:
    case LinkFault::kAccessRefused:
    case LinkFault::kClientRefused:
    case LinkFault::kQosRefused:
    case LinkFault::kRefused:
      return true;
    default:
      return false;
  }
}

}  // namespace sluice::uplink
