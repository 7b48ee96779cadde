#pragma once
// Why there is no connection to the broker, as one word each. docs/tls.md and docs/status.md say
// what the operator can do about them.

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::uplink {

enum class LinkFault : std::uint8_t {
  kNone,
  kLost,           // closed or cut, by whomever
  kRouteChanged,   // given up by us: the way to the broker goes over another interface now
  kDns,            // the host name has no address, or the resolver does not answer
  kUnreachable,    // no address of the host takes the connection
  kTimeout,        // connected, and then no answer
  kProtocol,       // what comes is not MQTT as we speak it
  kCredentials,    // the file with user name and password cannot be used
  kAuthRefused,    // the broker knows better than user name and password, or wants some
  kAccessRefused,  // it does not let us subscribe
  kClientRefused,  // the client id, or the client, is not wanted there
  kTakenOver,      // somebody else connects with our client id
  kQosRefused,     // it does not do QoS 1, without which nothing is delivered exactly once
  kBusy,           // unavailable or over a quota, in its own words
  kRefused,        // any other refusal
  kTlsSetup,       // a file of ours cannot be used: CA, certificate, key or revocation list
  kTlsHandshake,   // no common version or cipher, or no TLS at the other end
  kTlsExpired,
  kTlsNotYetValid,
  kTlsTime,  // by a clock that is not synchronised, a certificate is expired or not yet valid
  kTlsWrongHost,
  kTlsUnknownCa,
  kTlsWeakKey,
  kTlsRevoked,
  kTlsRevocationList,  // the list itself is missing, expired or of another CA
  kTlsPin,
  kTlsCertificate,        // any other fault of the broker's certificate
  kTlsClientCertificate,  // the broker does not accept ours
};

std::string_view name_of(LinkFault fault);  // "tls_expired"

// The broker has answered, and would answer the same at once: trying soon again is of no use.
bool is_refusal(LinkFault fault);

// One fault in words for the operator.
struct Fault {
  LinkFault kind = LinkFault::kNone;
  std::string text;
};

}  // namespace sluice::uplink
