#include "uplink/tls_verdict.hpp"

#include <array>
#include <cstdint>
#include <ctime>
#include <limits>
#include <memory>

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509_vfy.h>

#include "core/check.hpp"

namespace sluice::uplink {
namespace {

LinkFault fault_of(const TlsVerdict& verdict, bool clock_synchronised) {
  switch (verdict.error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return clock_synchronised || verdict.surely_expired ? LinkFault::kTlsExpired
                                                          : LinkFault::kTlsTime;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return clock_synchronised ? LinkFault::kTlsNotYetValid : LinkFault::kTlsTime;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return LinkFault::kTlsWrongHost;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return LinkFault::kTlsUnknownCa;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return LinkFault::kTlsWeakKey;
    case X509_V_ERR_CERT_REVOKED:
      return LinkFault::kTlsRevoked;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return LinkFault::kTlsRevocationList;
    case X509_V_ERR_CRL_NOT_YET_VALID:
      return clock_synchronised ? LinkFault::kTlsRevocationList : LinkFault::kTlsTime;
    case X509_V_ERR_APPLICATION_VERIFICATION:
      return LinkFault::kTlsPin;
    default:
      return LinkFault::kTlsCertificate;
  }
}

// The alerts by which a server says that it does not take the client's certificate.
bool is_about_our_certificate(int alert) {
  switch (alert) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

struct FreeBytes {
  void operator()(unsigned char* bytes) const { OPENSSL_free(bytes); }
};

}  // namespace

std::optional<Fault> judge(const TlsVerdict& verdict, bool clock_synchronised) {
  if (verdict.error != X509_V_OK) {
    const char* const whose = verdict.of_broker ? "the broker's certificate is refused: "
                                                : "a CA of the broker's certificate is refused: ";
    const char* const what = verdict.error == X509_V_ERR_APPLICATION_VERIFICATION
                                 ? "its key is none of uplink.tls.pins"
                                 : X509_verify_cert_error_string(verdict.error);
    return Fault{fault_of(verdict, clock_synchronised), std::string(whose) + what};
  }
  if (verdict.alert < 0 || verdict.alert == SSL_AD_CLOSE_NOTIFY) return std::nullopt;
  const std::string said = SSL_alert_desc_string_long(verdict.alert);
  if (is_about_our_certificate(verdict.alert)) {
    return Fault{LinkFault::kTlsClientCertificate,
                 "the broker does not accept our certificate: " + said};
  }
  return Fault{LinkFault::kTlsHandshake, "the broker ends the TLS handshake: " + said};
}

std::string pin_of(X509* certificate) {
  unsigned char* encoded = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
  const std::unique_ptr<unsigned char, FreeBytes> owned(encoded);
  if (size <= 0) return {};
  std::array<unsigned char, 32> digest{};
  CHECK(EVP_Digest(encoded, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(),
                   nullptr) == 1);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

std::optional<WallTime> valid_since_of(const X509* certificate) {
  using std::chrono::sys_days;
  using std::chrono::year;
  std::tm when{};
  if (ASN1_TIME_to_tm(X509_get0_notBefore(certificate), &when) != 1) return std::nullopt;
  const sys_days day = year(when.tm_year + 1'900) / (when.tm_mon + 1) / when.tm_mday;
  if (day < sys_days(year(1970) / 1 / 1) || day > sys_days(year(2200) / 1 / 1)) return std::nullopt;
  return WallTime(day) + std::chrono::hours(when.tm_hour) + std::chrono::minutes(when.tm_min) +
         std::chrono::seconds(when.tm_sec);
}

}  // namespace sluice::uplink
