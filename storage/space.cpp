#include "storage/space.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/log.hpp"
#include "storage/store.hpp"
#include "storage/tombstone_table.hpp"

namespace sluice::storage {
namespace {

constexpr std::uint64_t kKiB = 1024;

// A smaller quota could not hold the tables and their log. It is not overrun then, but all that may
// be dropped is.
constexpr std::uint64_t kQuotaBytesLeast = 2 * 1024 * kKiB;

// The gap of a drop takes a few pages; the rest of it is for the log to grow in.
constexpr std::uint64_t kReserveBytesMost = 1024 * kKiB;

// Taking the reserve may fail for a reason that stays; each try changes the folder.
constexpr std::uint32_t kLooksBetweenTries = 4'096;

std::uint64_t minus(std::uint64_t a, std::uint64_t b) {
  return a - std::min(a, b);
}

}  // namespace

Shares shares_of(const Options& options) {
  const std::uint64_t quota = std::max(options.quota_bytes, kQuotaBytesLeast);
  Shares shares;
  shares.reserve = std::min(kReserveBytesMost, quota / 16);
  shares.log = std::min(kCheckpointBytes + log_bytes_of(0, options.commit_bytes_max), quota / 4);
  shares.database = quota - shares.reserve - shares.log;
  return shares;
}

std::uint64_t checkpoint_bytes(const Shares& shares) {
  return std::min(kCheckpointBytes, shares.log / 4);
}

std::uint64_t tombstones_max(const Options& options) {
  return std::max(options.quota_bytes, kQuotaBytesLeast) / 16 / kTombstoneBytes;
}

Space::Space(const Options& options, std::unique_ptr<Disk> disk)
    : folder_(std::filesystem::path(options.path).parent_path().string()),
      floor_bytes_(options.free_floor_bytes),
      shares_(shares_of(options)),
      // One commit may come between two looks, and one gap record.
      whole_limit_bytes_(minus(shares_.database, shares_.log - checkpoint_bytes(shares_) +
                                                     minus(kQuotaBytesLeast, options.quota_bytes))),
      limit_bytes_(whole_limit_bytes_),
      disk_(std::move(disk)),
      reserve_(options.path + ".reserve", shares_.reserve) {
  if (folder_.empty()) folder_.push_back('.');
}

void Space::note_set_aside(std::uint64_t bytes) {
  const std::uint64_t limit = std::max(minus(whole_limit_bytes_, bytes), whole_limit_bytes_ / 4);
  shares_.database = shares_.database - limit_bytes_ + limit;
  limit_bytes_ = limit;
}

bool Space::has_room_for(std::uint64_t bytes, std::uint64_t used_bytes) const {
  // Of a quota that is too small for anything nothing is newer.
  return limit_bytes_ == 0 || used_bytes + std::min(bytes, limit_bytes_ / 2) <= limit_bytes_;
}

std::uint64_t Space::room_beside(std::uint64_t used_bytes) const {
  return minus(limit_bytes_, used_bytes);
}

void Space::look_at_disk() {
  const Result<std::uint64_t> free = disk_->free_bytes(folder_);
  // A disk that does not say is not known to be short; a write that fails tells more.
  const bool was_short = is_disk_short();
  disk_short_bytes_ = free.ok() ? minus(floor_bytes_, *free) : 0;
  if (is_disk_short() && !was_short) {
    log(LogLevel::kWarning, "the disk under " + folder_ +
                                " is nearly full: the buffer gives room back, and drops the oldest "
                                "readings for it; see what else writes there");
  }
  if (!free.ok() || reserve_.is_held() || wanted_bytes_ > 0) return;
  if (*free < floor_bytes_ + 2 * shares_.reserve || looks_to_wait_-- > 0) return;
  looks_to_wait_ = reserve_.take().ok() ? 0 : kLooksBetweenTries;
}

std::uint64_t Space::excess(std::uint64_t used_bytes, std::uint64_t file_bytes) {
  look_at_disk();
  const std::uint64_t to_free = std::max(disk_short_bytes_, wanted_bytes_);
  const std::uint64_t limit =
      to_free > 0 ? std::min(limit_bytes_, minus(file_bytes, to_free)) : limit_bytes_;
  return minus(used_bytes, limit);
}

void Space::note_full(std::uint64_t bytes) {
  wanted_bytes_ += bytes;  // what was not enough the first time is more the second
  if (!reserve_.is_held()) return;
  log(LogLevel::kWarning,
      "there is no room for what is to be written to " + folder_ +
          ": the reserve is given up, and the oldest readings are dropped until there is");
  reserve_.release();
}

}  // namespace sluice::storage
