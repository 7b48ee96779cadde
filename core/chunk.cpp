#include "core/chunk.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "core/checksum.hpp"

namespace sluice {
namespace {

constexpr std::array<std::string_view, kStreamCount> kStreamNames = {"event", "rollup", "raw",
                                                                     "rejected"};

// All header fields but the checksum, without padding, little-endian.
class Fields {
 public:
  void append(std::uint64_t value, std::size_t byte_count) {
    for (; byte_count > 0; --byte_count, value >>= 8) {
      bytes_[size_++] = static_cast<std::byte>(value & 0xFFU);
    }
  }
  std::span<const std::byte> bytes() const { return std::span(bytes_).first(size_); }

 private:
  std::array<std::byte, 64> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace

std::string to_hex(const RunId& run) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : run.bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 0x0FU]);
  }
  return text;
}

Result<RunId> parse_run_id(std::string_view text) {
  RunId run;
  if (text.size() != 2 * run.bytes.size()) {
    return Error{ErrorCode::kInvalid, "a run id has 32 hexadecimal digits"};
  }
  for (std::size_t i = 0; i < run.bytes.size(); ++i) {
    const char* const begin = text.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, run.bytes[i], 16);
    if (error != std::errc{} || end != begin + 2) {
      return Error{ErrorCode::kInvalid, "a run id has 32 hexadecimal digits"};
    }
  }
  return run;
}

std::string_view name_of(Stream stream) {
  return kStreamNames[static_cast<std::size_t>(stream)];
}

Result<Stream> parse_stream(std::string_view name) {
  const auto found = std::find(kStreamNames.begin(), kStreamNames.end(), name);
  if (found == kStreamNames.end()) {
    return Error{ErrorCode::kInvalid, "a stream is event, rollup, raw or rejected"};
  }
  return static_cast<Stream>(std::distance(kStreamNames.begin(), found));
}

std::uint32_t checksum_of(const ChunkHeader& header, std::span<const std::byte> bytes) {
  Fields fields;
  for (const std::uint8_t byte : header.key.run.bytes) fields.append(byte, 1);
  fields.append(static_cast<std::uint64_t>(header.key.stream), 1);
  fields.append(header.key.seq, 8);
  fields.append(index_of(header.channel), 2);
  fields.append(header.count, 4);
  fields.append(static_cast<std::uint64_t>(to_ns(header.first)), 8);
  fields.append(static_cast<std::uint64_t>(to_ns(header.last)), 8);
  return crc32(bytes, crc32(fields.bytes()));
}

}  // namespace sluice
