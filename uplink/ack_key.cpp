#include "uplink/ack_key.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/check.hpp"
#include "uplink/secret_file.hpp"

namespace sluice::uplink {
namespace {

constexpr std::string_view kBegin = R"(,"mac":")";
constexpr std::string_view kEnd = "\"}";
constexpr std::size_t kCodeBytes = 32;
constexpr std::size_t kDigits = 2 * kCodeBytes;

// In digits. What is signed is the topic, a zero byte, which no topic has, and the message.
std::string code_of(const std::string& key, std::string_view topic, std::string_view message) {
  std::string text(topic);
  text += '\0';
  text += message;
  std::array<unsigned char, kCodeBytes> code{};
  unsigned int size = 0;
  const auto* const done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(), &size);
  CHECK(done != nullptr && size == code.size());
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string digits;
  for (const unsigned char byte : code) {
    digits += kHex[byte >> 4U];
    digits += kHex[byte & 15U];
  }
  return digits;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Result<AckKey> AckKey::read(const std::string& path) {
  Result<std::string> key = read_secret_file(path, "acknowledgement key");
  if (!key) return key.error();
  while (!key->empty() && (key->back() == '\n' || key->back() == '\r')) key->pop_back();
  if (key->size() < kBytesMin) {
    return Error{ErrorCode::kInvalid, "the acknowledgement key file " + path + " has fewer than " +
                                          std::to_string(kBytesMin) + " bytes"};
  }
  return AckKey(std::move(*key));
}

Bytes AckKey::sign(std::string_view topic, Bytes message) const {
  if (key_.empty()) return message;
  const std::string code = code_of(key_, topic, text_of(message));
  std::string text(text_of(message));
  CHECK(text.size() > 2 && text.back() == '}');
  text.pop_back();
  text += kBegin;
  text += code;
  text += kEnd;
  return bytes_of(text);
}

std::optional<Bytes> AckKey::verified(std::string_view topic,
                                      std::span<const std::byte> message) const {
  const std::string_view text = text_of(message);
  constexpr std::size_t kAdded = kBegin.size() + kDigits + kEnd.size();
  const bool is_signed = text.size() > kAdded && text.ends_with(kEnd) &&
                         text.substr(text.size() - kAdded).starts_with(kBegin);
  if (!is_signed) return key_.empty() ? std::optional(bytes_of(text)) : std::nullopt;
  const std::string content = std::string(text.substr(0, text.size() - kAdded)) + '}';
  if (key_.empty()) return bytes_of(content);
  const std::string_view code = text.substr(text.size() - kEnd.size() - kDigits, kDigits);
  const std::string expected = code_of(key_, topic, content);
  if (CRYPTO_memcmp(code.data(), expected.data(), kDigits) != 0) return std::nullopt;
  return bytes_of(content);
}

}  // namespace sluice::uplink
