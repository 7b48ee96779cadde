#pragma once
// Proof that an acknowledgement comes from a collector, for gateways whose broker belongs to
// somebody else: a code over it (HMAC-SHA-256, RFC 2104) with a key that only gateway and collector
// have. Immutable; any thread.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/chunk.hpp"
#include "core/result.hpp"

namespace sluice::uplink {

class AckKey {
 public:
  // Fewest bytes of a key.
  static constexpr std::size_t kBytesMin = 16;

  // No key: signs nothing and believes everything.
  AckKey() = default;
  // The content of a file that nobody else may read, without the line end. Fails as
  // read_secret_file() does, and with kInvalid when it is too short.
  static Result<AckKey> read(const std::string& path);

  // `message` is a JSON object; it gets "mac" as its last member. The topic is part of what is
  // proven, so an acknowledgement of one gateway and stream is none of another.
  Bytes sign(std::string_view topic, Bytes message) const;
  // The message without its "mac", which it has to have if there is a key; nothing when it is not
  // what a holder of the key has signed for that topic.
  std::optional<Bytes> verified(std::string_view topic, std::span<const std::byte> message) const;

 private:
  explicit AckKey(std::string key) : key_(std::move(key)) {}

  std::string key_;
};

}  // namespace sluice::uplink
