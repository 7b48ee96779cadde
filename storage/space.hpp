#pragma once
// How much room the buffer has: the quota divided among its files, the free space of the disk, and
// the reserve. Says what has to go; storage/quota.hpp finds it.

#include <cstdint>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "storage/disk.hpp"
#include "storage/options.hpp"
#include "storage/reserve_file.hpp"

namespace sluice::storage {

// The quota in parts. Together they are never more, however long the outage.
struct Shares {
  std::uint64_t reserve = 0;
  std::uint64_t log = 0;       // most bytes of the WAL
  std::uint64_t database = 0;  // most bytes of the database file
};
Shares shares_of(const Options& options);

// A checkpoint begins when the log has this much.
std::uint64_t checkpoint_bytes(const Shares& shares);

class Space {
 public:
  Space(const Options& options, std::unique_ptr<Disk> disk);

  const Shares& shares() const { return shares_; }

  // Files that were set aside are within the quota too: the database has less by as much, but for
  // a quarter of its share, which it has in any case.
  void note_set_aside(std::uint64_t bytes);
  // What is salvaged waits rather than push out what is newer.
  bool has_room_for(std::uint64_t bytes, std::uint64_t used_bytes) const;

  // Until something has to go, as long as the disk has its free floor.
  std::uint64_t room_beside(std::uint64_t used_bytes) const;

  // Looks at the disk; takes the reserve when there is room for it. `used_bytes` of the database
  // file, which has `file_bytes` on the disk, hold something. Returns how many of them have to go.
  std::uint64_t excess(std::uint64_t used_bytes, std::uint64_t file_bytes);
  // Other programs have left too little room: what is free in the file should go back to the disk.
  bool is_disk_short() const { return disk_short_bytes_ > 0; }

  // A transaction of `bytes` found no room: gives the reserve up, and asks for as much to go.
  void note_full(std::uint64_t bytes);
  void note_written() { wanted_bytes_ = 0; }

 private:
  void look_at_disk();

  std::string folder_;
  std::uint64_t floor_bytes_;
  Shares shares_;
  std::uint64_t whole_limit_bytes_;  // of the next, with nothing set aside
  std::uint64_t limit_bytes_;        // most of the database file that may be in use after a look
  std::unique_ptr<Disk> disk_;
  ReserveFile reserve_;
  std::uint64_t disk_short_bytes_ = 0;
  std::uint64_t wanted_bytes_ = 0;
  std::uint32_t looks_to_wait_ = 0;  // until the reserve is tried again
};

}  // namespace sluice::storage
