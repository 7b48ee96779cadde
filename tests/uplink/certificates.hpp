#pragma once
// Certificate authorities and what they issue, made while the test runs: right ones, and every
// wrong one that a test asks for.

#include <memory>
#include <optional>
#include <string>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "core/time.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::uplink {

struct FreeOpenSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeOpenSsl>;
using Certificate = std::unique_ptr<X509, FreeOpenSsl>;

// What a certificate says.
struct Claim {
  std::string dns_name = "localhost";  // may hold a NUL; empty: none
  std::string common_name = "a broker";
  WallTime from;
  WallTime to;
  int rsa_bits = 0;  // 0: a key on P-256
};

struct Identity {
  Key key;
  Certificate certificate;
  // As PEM files in a folder.
  std::string certificate_file;
  std::string key_file;  // mode 0600
};

class Authority {
 public:
  // Valid for ten years around `now`. Files go into `folder`, which outlives it.
  Authority(const TemporaryFolder& folder, const std::string& name, WallTime now);

  const std::string& file() const { return own_.certificate_file; }
  Identity issue(const Claim& claim);
  // Of one who signs for itself, yet with the name of this authority.
  Identity pretend(const Claim& claim);
  // Writes a list of revoked certificates, one or none, valid for a day from `now`; its path.
  std::string revoke(const Identity* revoked, WallTime now);

 private:
  Identity sign(const Claim& claim, bool authority, const Identity* issuer);

  const TemporaryFolder& folder_;
  const std::string name_;
  int count_ = 0;
  Identity own_;
};

// A context that a server shows `identity` with. Weak keys are no obstacle to it. With `clients` it
// asks for a certificate of that authority.
std::unique_ptr<SSL_CTX, FreeOpenSsl> server_context(const Identity& identity,
                                                     const Authority* clients = nullptr);

}  // namespace sluice::uplink
