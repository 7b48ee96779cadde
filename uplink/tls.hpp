#pragma once
// TLS as the uplink wants it: TLS 1.2 at least, security level 2, one CA file, the broker's name
// checked by OpenSSL. There is no way to switch the verification off. A context is for one
// connection, so that files replaced on disk are picked up at the next one.
//
// OpenSSL is seen by this file alone; what it passes on is opaque.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/link_fault.hpp"
#include "uplink/options.hpp"

namespace sluice::uplink {

// What the dates of certificates are held against.
struct CertificateTime {
  WallTime clock;
  bool synchronised = false;  // the clock can be trusted
  WallTime floor;             // has certainly been reached
};

class TlsContext {
 public:
  // `host` is what the operator calls the broker: the name that its certificate has to be for, and
  // that it is asked for (SNI). Fails when a file cannot be read, fits no other, or lets others in.
  static Result<TlsContext> make(const TlsOptions& options, const std::string& host,
                                 const CertificateTime& time);
  TlsContext(TlsContext&&) noexcept;
  TlsContext& operator=(TlsContext&&) noexcept;
  ~TlsContext();

  void* native() const;  // SSL_CTX*, owned by this

  // Why the connection made with it failed; nothing when TLS has no part in that.
  std::optional<Fault> fault() const;
  // Since when the broker's certificate has been valid, once it was verified: a time that has
  // certainly been reached.
  std::optional<WallTime> valid_since() const;

 private:
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What a handshake waits for. `ssl` is an SSL*.
enum class TlsProgress { kWantsRead, kWantsWrite, kDone };
TlsProgress tls_progress(const void* ssl);

}  // namespace sluice::uplink
