#include <cstdint>
#include <string>

#include "config/sections.hpp"
#include "config/units.hpp"

namespace sluice::config {

namespace {

// In one commit: a chunk of events with the longest texts, and readings that no codec shrinks.
constexpr std::uint64_t kEventBytesMax = 400'000;
constexpr std::uint64_t kReadingBytesMax = 20;

constexpr std::uint64_t in_kibibytes(std::uint64_t bytes) {
  return (bytes + 1'023) / 1'024 * 1'024;
}

}  // namespace

void parse_storage(TableReader& root, Config& config) {
  TableReader reader = root.table("storage", Section::kStorage);
  SealOptions& seal = config.seal;
  storage::Options& storage = config.storage;
  reader.size("quota", storage.quota_bytes);
  reader.size("free_floor", storage.free_floor_bytes);
  reader.duration("commit_every", seal.commit_every);
  reader.duration("seal_after", seal.seal_after);
  reader.integer("seal_readings", seal.seal_readings);
  reader.size("card_endurance", config.card_endurance_bytes);
  reader.reject_strangers();

  if (seal.seal_after < seal.commit_every) {
    reader.report(reader.has("seal_after") ? "seal_after" : "commit_every",
                  "seal_after of " + text_of_duration(seal.seal_after) +
                      " is shorter than commit_every of " + text_of_duration(seal.commit_every) +
                      "; what is not committed cannot be sealed");
  }

  storage.commit_bytes_max = kEventBytesMax + kReadingBytesMax * seal.seal_readings;
  const std::uint64_t least = storage::quota_bytes_least(storage.commit_bytes_max);
  if (storage.quota_bytes < least) {
    reader.report(reader.has("seal_readings") ? "seal_readings" : "quota",
                  "seal_readings of " + std::to_string(seal.seal_readings) + " needs a quota of " +
                      text_of_size(in_kibibytes(least)) + " or more, for the log that holds them");
  }
}

}  // namespace sluice::config
