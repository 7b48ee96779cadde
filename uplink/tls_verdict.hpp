#pragma once
// What OpenSSL found wrong with a certificate or a handshake, in words of ours. For uplink/tls.cpp
// alone.

#include <optional>
#include <string>

#include <openssl/x509.h>

#include "core/time.hpp"
#include "uplink/link_fault.hpp"

namespace sluice::uplink {

// What the callbacks of a handshake have noted.
struct TlsVerdict {
  int error = 0;                // X509_V_ERR_..., 0 for none
  bool of_broker = true;        // of its own certificate, not of one above it
  bool surely_expired = false;  // however wrong the clock may be
  int alert = -1;               // that the broker sent last; -1 for none
};

// Nothing when nothing is wrong. A close_notify alert is nothing wrong.
std::optional<Fault> judge(const TlsVerdict& verdict, bool clock_synchronised);

// Of the public key: the SHA-256 of its SubjectPublicKeyInfo (RFC 7469), 64 hexadecimal digits.
std::string pin_of(X509* certificate);

// Begin of its validity; nothing when the year cannot be counted in WallTime.
std::optional<WallTime> valid_since_of(const X509* certificate);

}  // namespace sluice::uplink
