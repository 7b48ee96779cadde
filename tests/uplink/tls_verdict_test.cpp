#include "uplink/tls_verdict.hpp"

#include <optional>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "tests/temporary_folder.hpp"
#include "tests/uplink/certificates.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(TlsVerdict){static LinkFault fault_of(TlsVerdict verdict, bool synchronised = true){
    const std::optional<Fault> fault = judge(verdict, synchronised);
return fault ? fault->kind : LinkFault::kNone;
}  // namespace sluice::uplink
static LinkFault fault_of_alert(int alert) {
  TlsVerdict verdict;
  verdict.alert = alert;
  return fault_of(verdict);
}
}
;

TEST(TlsVerdict, is_nothing_when_nothing_is_wrong) {
  CHECK(fault_of({}) == LinkFault::kNone);
  CHECK(fault_of_alert(SSL_AD_CLOSE_NOTIFY) == LinkFault::kNone);
}

TEST(TlsVerdict, has_a_word_for_what_it_does_not_know) {
  CHECK(fault_of({.error = X509_V_ERR_INVALID_PURPOSE}) == LinkFault::kTlsCertificate);
}

TEST(TlsVerdict, blames_the_clock_only_when_that_can_be_wrong) {
  const TlsVerdict expired{.error = X509_V_ERR_CERT_HAS_EXPIRED};
  const TlsVerdict surely_expired{.error = X509_V_ERR_CERT_HAS_EXPIRED, .surely_expired = true};
  CHECK(fault_of(expired, true) == LinkFault::kTlsExpired);
  CHECK(fault_of(expired, false) == LinkFault::kTlsTime);
  CHECK(fault_of(surely_expired, false) == LinkFault::kTlsExpired);
  CHECK(fault_of({.error = X509_V_ERR_CRL_NOT_YET_VALID}, false) == LinkFault::kTlsTime);
}

TEST(TlsVerdict, tells_alerts_about_our_certificate_from_others) {
  CHECK(fault_of_alert(SSL_AD_CERTIFICATE_EXPIRED) == LinkFault::kTlsClientCertificate);
  CHECK(fault_of_alert(SSL_AD_CERTIFICATE_REQUIRED) == LinkFault::kTlsClientCertificate);
  CHECK(fault_of_alert(SSL_AD_PROTOCOL_VERSION) == LinkFault::kTlsHandshake);
}

TEST(TlsVerdict, says_whose_certificate_is_meant) {
  const TlsVerdict above{.error = X509_V_ERR_CERT_HAS_EXPIRED, .of_broker = false};
  STRCMP_EQUAL("a CA of the broker's certificate is refused: certificate has expired",
               judge(above, true)->text.c_str());
}

TEST(TlsVerdict, reads_since_when_a_certificate_is_valid) {
  const TemporaryFolder folder;
  const WallTime from = wall_time_from_ns(1'700'000'000'000'000'000);
  Authority authority(folder, "authority", from);
  const Identity identity = authority.issue({"a", "a", from, from + std::chrono::hours(1)});
  CHECK(valid_since_of(identity.certificate.get()) == from);
}

TEST(TlsVerdict, pins_keys_and_not_certificates) {
  const TemporaryFolder folder;
  const WallTime from = wall_time_from_ns(1'700'000'000'000'000'000);
  Authority authority(folder, "authority", from);
  const Claim claim{"a", "a", from, from + std::chrono::hours(1)};
  const std::string one = pin_of(authority.issue(claim).certificate.get());
  LONGS_EQUAL(64, one.size());
  CHECK(one != pin_of(authority.issue(claim).certificate.get()));
}

}  // namespace sluice::uplink
