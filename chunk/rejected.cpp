#include "chunk/rejected.hpp"

#include <cstddef>
#include <limits>
#include <string>

#include "chunk/bits.hpp"
#include "chunk/integer_column.hpp"
#include "chunk/reading_columns.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

constexpr std::int64_t kReasonMax = std::numeric_limits<std::uint8_t>::max();

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt,
               std::string("a chunk of rejected readings is damaged: ") + what};
}

void append_reasons(BitWriter& out, std::span<const Rejected> rejected) {
  std::vector<std::int64_t> reasons;
  reasons.reserve(rejected.size());
  for (const Rejected& one : rejected) reasons.push_back(one.reason);
  put_number(out, rejected.front().reason, 0);
  append_integers(out, reasons);
}

std::vector<std::int64_t> take_reasons(BitReader& in, std::size_t count) {
  std::vector<std::int64_t> reasons(count);
  reasons.front() = static_cast<std::int64_t>(take_number(in, 0));
  take_integers(in, reasons);
  for (const std::int64_t reason : reasons) {
    if (reason < 0 || reason > kReasonMax) in.fail();
  }
  return reasons;
}

}  // namespace

SealedChunk encode_rejected(std::span<const Rejected> rejected, const ValueHint& hint) {
  CHECK(!rejected.empty() && rejected.size() <= kRejectedMax);
  std::vector<Reading> readings;
  readings.reserve(rejected.size());
  for (const Rejected& one : rejected) readings.push_back(one.reading);
  BitWriter bits;
  append_columns(bits, readings, hint);
  append_reasons(bits, rejected);
  return seal_columns(Stream::kRejected, readings, bits.take());
}

Result<std::vector<Rejected>> decode_rejected(const Chunk& chunk) {
  if (const char* const damage = damage_of_header(chunk, Stream::kRejected)) return corrupt(damage);
  BitReader bits(chunk.bytes);
  const std::vector<Reading> readings = take_columns(bits, chunk.header);
  if (bits.overrun()) return corrupt("its columns make no sense");
  const std::vector<std::int64_t> reasons = take_reasons(bits, readings.size());
  if (bits.overrun()) return corrupt("its reasons make no sense");
  if (!bits.at_end()) return corrupt("bytes follow its end");

  std::vector<Rejected> rejected;
  rejected.reserve(readings.size());
  for (std::size_t i = 0; i < readings.size(); ++i) {
    rejected.push_back({readings[i], static_cast<std::uint8_t>(reasons[i])});
  }
  return rejected;
}

}  // namespace sluice::chunk
