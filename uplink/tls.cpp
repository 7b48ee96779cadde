#include "uplink/tls.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <limits>
#include <utility>
#include <vector>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/check.hpp"
#include "uplink/secret_file.hpp"
#include "uplink/tls_verdict.hpp"

namespace sluice::uplink {
namespace {

// 112 bits of strength: RSA of 2,048 bits, no SHA-1.
constexpr int kSecurityLevel = 2;

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

// OpenSSL's latest complaint, its queue emptied.
std::string complaint() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "not usable" : reason;
}

Error unusable(const std::string& what) {
  return {ErrorCode::kInvalid, what + ": " + complaint()};
}

// A key with a pass phrase would have OpenSSL ask for it on the terminal.
int no_pass_phrase(char*, int, int, void*) {
  return 0;
}

std::time_t time_t_of(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  constexpr std::int64_t kMax = std::numeric_limits<std::time_t>::max();  // 2038 with 32 bits
  return static_cast<std::time_t>(std::clamp<std::int64_t>(seconds, 0, kMax));
}

}  // namespace

struct TlsContext::Impl {
  Result<> set_trust(const TlsOptions& options, const std::string& peer);
  Result<> set_identity(const TlsOptions& options);

  // Called by OpenSSL while it shakes hands.
  static int on_verify(int ok, X509_STORE_CTX* store);
  static void on_progress(const SSL* ssl, int where, int value);

  std::unique_ptr<SSL_CTX, FreeContext> context;
  std::string server_name;  // SNI; none for an address
  std::vector<std::string> pins;
  CertificateTime time;
  TlsVerdict verdict;
  std::optional<WallTime> valid_since;
};

Result<TlsContext> TlsContext::make(const TlsOptions& options, const std::string& host,
                                    const CertificateTime& time) {
  auto impl = std::make_unique<Impl>();
  impl->time = time;
  impl->pins = options.pins;
  impl->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = impl->context.get();
  if (context == nullptr) return unusable("TLS is not available");
  CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
  SSL_CTX_set_security_level(context, kSecurityLevel);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  // A session taken up again would not be verified again.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
  SSL_CTX_set_app_data(context, impl.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, Impl::on_verify);
  SSL_CTX_set_info_callback(context, Impl::on_progress);
  if (Result<> set = impl->set_trust(options, host.substr(0, host.find('%'))); !set) {
    return set.error();
  }
  if (Result<> set = impl->set_identity(options); !set) return set.error();
  return TlsContext(std::move(impl));
}

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

void* TlsContext::native() const {
  return impl_->context.get();
}
std::optional<Fault> TlsContext::fault() const {
  return judge(impl_->verdict, impl_->time.synchronised);
}
std::optional<WallTime> TlsContext::valid_since() const {
  return impl_->valid_since;
}

Result<> TlsContext::Impl::set_trust(const TlsOptions& options, const std::string& peer) {
  SSL_CTX* const to = context.get();
  X509_VERIFY_PARAM* const rules = SSL_CTX_get0_param(to);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, peer.c_str()) != 1) {
    ERR_clear_error();
    server_name = peer;
    CHECK(X509_VERIFY_PARAM_set1_host(rules, peer.c_str(), peer.size()) == 1);
    // A common name is free text; only the alternative names are meant to be checked (RFC 9525).
    X509_VERIFY_PARAM_set_hostflags(
        rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  }
  X509_VERIFY_PARAM_set_time(rules, time_t_of(std::max(time.clock, time.floor)));
  if (SSL_CTX_load_verify_file(to, options.ca_file.c_str()) != 1) {
    return unusable("the file of CA certificates " + options.ca_file);
  }
  if (options.crl_file.empty()) return Ok{};
  X509_LOOKUP* const lookup = X509_STORE_add_lookup(SSL_CTX_get_cert_store(to), X509_LOOKUP_file());
  CHECK(lookup != nullptr);
  if (X509_load_crl_file(lookup, options.crl_file.c_str(), X509_FILETYPE_PEM) < 1) {
    return unusable("the revocation list " + options.crl_file);
  }
  CHECK(X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_CRL_CHECK) == 1);
  return Ok{};
}

Result<> TlsContext::Impl::set_identity(const TlsOptions& options) {
  if (options.certificate_file.empty()) return Ok{};
  if (SSL_CTX_use_certificate_chain_file(context.get(), options.certificate_file.c_str()) != 1) {
    return unusable("the certificate file " + options.certificate_file);
  }
  Result<std::string> pem = read_secret_file(options.key_file, "key");
  if (!pem) return pem.error();
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  OPENSSL_cleanse(pem->data(), pem->size());
  if (!key) return unusable("the key file " + options.key_file);
  if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return unusable("the key file " + options.key_file + " and the certificate file " +
                    options.certificate_file);
  }
  return Ok{};
}

int TlsContext::Impl::on_verify(int ok, X509_STORE_CTX* store) {
  const auto* const ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  Impl& self = *static_cast<Impl*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  const bool is_brokers = X509_STORE_CTX_get_error_depth(store) == 0;
  X509* const certificate = X509_STORE_CTX_get_current_cert(store);
  if (ok == 1 && is_brokers) {
    // Called last for the broker's own, after name, chain and dates.
    if (!self.pins.empty() &&
        std::ranges::find(self.pins, pin_of(certificate)) == self.pins.end()) {
      X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
      ok = 0;
    } else {
      self.valid_since = valid_since_of(certificate);
    }
  }
  if (ok != 1) {
    self.verdict.error = X509_STORE_CTX_get_error(store);
    self.verdict.of_broker = is_brokers;
    std::time_t floor = time_t_of(self.time.floor);
    self.verdict.surely_expired =
        certificate != nullptr && X509_cmp_time(X509_get0_notAfter(certificate), &floor) < 0;
  }
  return ok;
}

void TlsContext::Impl::on_progress(const SSL* ssl, int where, int value) {
  Impl& self = *static_cast<Impl*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (where == SSL_CB_HANDSHAKE_START) {
    // Before the first message is made. The MQTT library, which knows nothing but the address that
    // it connects to, has set that as the name to ask for.
    const char* const name = self.server_name.empty() ? nullptr : self.server_name.c_str();
    SSL_set_tlsext_host_name(const_cast<SSL*>(ssl), name);
  } else if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
    self.verdict.alert = value & 0xFF;
  }
}

TlsProgress tls_progress(const void* ssl) {
  const auto* const connection = static_cast<const SSL*>(ssl);
  if (SSL_is_init_finished(connection) == 1) return TlsProgress::kDone;
  return SSL_want_write(connection) ? TlsProgress::kWantsWrite : TlsProgress::kWantsRead;
}

}  // namespace sluice::uplink
