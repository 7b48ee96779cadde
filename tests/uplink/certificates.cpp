#include "tests/uplink/certificates.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <ctime>
#include <utility>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "core/check.hpp"

namespace sluice::uplink {
namespace {

std::time_t time_t_of(WallTime time) {
  return static_cast<std::time_t>(
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

void set_time(ASN1_TIME* into, WallTime time) {
  CHECK(ASN1_TIME_set(into, time_t_of(time)) != nullptr);
}

void set_name(X509_NAME* into, const std::string& name) {
  CHECK(X509_NAME_add_entry_by_txt(into, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(name.data()),
                                   static_cast<int>(name.size()), -1, 0) == 1);
}

void add_dns_name(X509* to, const std::string& name) {
  ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
  CHECK(ASN1_STRING_set(text, name.data(), static_cast<int>(name.size())) == 1);
  GENERAL_NAME* const entry = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(entry, GEN_DNS, text);
  GENERAL_NAMES* const names = GENERAL_NAMES_new();
  CHECK(sk_GENERAL_NAME_push(names, entry) == 1);
  CHECK(X509_add1_ext_i2d(to, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1);
  GENERAL_NAMES_free(names);
}

void mark_as_authority(X509* certificate) {
  BASIC_CONSTRAINTS* const constraints = BASIC_CONSTRAINTS_new();
  constraints->ca = 0xFF;
  CHECK(X509_add1_ext_i2d(certificate, NID_basic_constraints, constraints, 1, X509V3_ADD_DEFAULT) ==
        1);
  BASIC_CONSTRAINTS_free(constraints);
}

template <typename Write>
void write_file(const std::string& path, Write write) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  CHECK(file != nullptr);
  CHECK(write(file) == 1);
  CHECK(std::fclose(file) == 0);
  CHECK(::chmod(path.c_str(), 0600) == 0);
}

}  // namespace

Authority::Authority(const TemporaryFolder& folder, const std::string& name, WallTime now)
    : folder_(folder), name_(name) {
  constexpr Duration kYears = std::chrono::hours(24 * 365 * 5);
  own_ = sign({"", name, now - kYears, now + kYears}, true, nullptr);
}

Identity Authority::issue(const Claim& claim) {
  return sign(claim, false, &own_);
}

Identity Authority::pretend(const Claim& claim) {
  return sign(claim, false, nullptr);
}

Identity Authority::sign(const Claim& claim, bool authority, const Identity* issuer) {
  Identity made;
  made.key.reset(claim.rsa_bits == 0 ? EVP_EC_gen("P-256")
                                     : EVP_RSA_gen(static_cast<unsigned>(claim.rsa_bits)));
  made.certificate.reset(X509_new());
  X509* const certificate = made.certificate.get();
  CHECK(X509_set_version(certificate, 2) == 1);
  CHECK(ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++count_) == 1);
  set_time(X509_getm_notBefore(certificate), claim.from);
  set_time(X509_getm_notAfter(certificate), claim.to);
  CHECK(X509_set_pubkey(certificate, made.key.get()) == 1);
  set_name(X509_get_subject_name(certificate), claim.common_name);
  CHECK(X509_set_issuer_name(
            certificate, X509_get_subject_name(
                             issuer == nullptr ? certificate : issuer->certificate.get())) == 1);
  if (authority) mark_as_authority(certificate);
  if (!claim.dns_name.empty()) add_dns_name(certificate, claim.dns_name);
  EVP_PKEY* const signer = issuer == nullptr ? made.key.get() : issuer->key.get();
  CHECK(X509_sign(certificate, signer, EVP_sha256()) > 0);

  const std::string stem = folder_.path_of(name_ + std::to_string(count_));
  made.certificate_file = stem + ".crt";
  made.key_file = stem + ".key";
  write_file(made.certificate_file,
             [&](std::FILE* file) { return PEM_write_X509(file, certificate); });
  write_file(made.key_file, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return made;
}

std::string Authority::revoke(const Identity* revoked, WallTime now) {
  X509_CRL* const list = X509_CRL_new();
  CHECK(X509_CRL_set_version(list, 1) == 1);
  CHECK(X509_CRL_set_issuer_name(list, X509_get_subject_name(own_.certificate.get())) == 1);
  ASN1_TIME* const time = ASN1_TIME_new();
  set_time(time, now);
  CHECK(X509_CRL_set1_lastUpdate(list, time) == 1);
  if (revoked != nullptr) {
    X509_REVOKED* const entry = X509_REVOKED_new();
    CHECK(X509_REVOKED_set_revocationDate(entry, time) == 1);
    CHECK(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->certificate.get())) ==
          1);
    CHECK(X509_CRL_add0_revoked(list, entry) == 1);
  }
  set_time(time, now + std::chrono::hours(24));
  CHECK(X509_CRL_set1_nextUpdate(list, time) == 1);
  CHECK(X509_CRL_sign(list, own_.key.get(), EVP_sha256()) > 0);
  const std::string path = folder_.path_of(name_ + ".crl");
  write_file(path, [&](std::FILE* file) { return PEM_write_X509_CRL(file, list); });
  ASN1_TIME_free(time);
  X509_CRL_free(list);
  return path;
}

std::unique_ptr<SSL_CTX, FreeOpenSsl> server_context(const Identity& identity,
                                                     const Authority* clients) {
  std::unique_ptr<SSL_CTX, FreeOpenSsl> context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  CHECK(SSL_CTX_use_certificate(context.get(), identity.certificate.get()) == 1);
  CHECK(SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) == 1);
  if (clients != nullptr) {
    CHECK(SSL_CTX_load_verify_file(context.get(), clients->file().c_str()) == 1);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    // The certificates are of the test's own time.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_NO_CHECK_TIME);
  }
  return context;
}

}  // namespace sluice::uplink
