#include "storage/space.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include "storage/store.hpp"
#include "tests/storage/buffer.hpp"
#include "tests/storage/fake_disk.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(Space) {
  static constexpr std::uint64_t kMiB = 1024 * 1024;
  TemporaryFolder folder;
  Options options;
  FakeDisk::State disk;
  std::unique_ptr<Space> space;

  void setup() override {
    options.path = folder.path_of("buffer.db");
    options.quota_bytes = 16 * kMiB;
    options.free_floor_bytes = 8 * kMiB;
    disk.free_bytes = 100 * kMiB;
    open();
  }
  void open() {
    space = std::make_unique<Space>(options, std::make_unique<FakeDisk>(disk));
  }
  bool has_reserve() const {
    return std::filesystem::exists(options.path + ".reserve");
  }
};

TEST(Space, shares_are_never_more_than_the_quota) {
  for (const std::uint64_t mib : {2U, 4U, 10U, 64U, 256U, 4'096U}) {
    for (const std::uint64_t commit_bytes : {1'000U, 600'000U, 20'000'000U}) {
      Options other;
      other.quota_bytes = mib * kMiB;
      other.commit_bytes_max = commit_bytes;
      const Shares shares = shares_of(other);
      CHECK_TRUE(shares.reserve + shares.log + shares.database == other.quota_bytes);
      CHECK_TRUE(shares.reserve > 0 && shares.database >= other.quota_bytes / 2);
      CHECK_TRUE(checkpoint_bytes(shares) <= shares.log / 4);
      const bool enough = other.quota_bytes >= quota_bytes_least(commit_bytes);
      CHECK_TRUE(!enough || shares.log >= kCheckpointBytes + log_bytes_of(0, commit_bytes));
    }
  }
}

TEST(Space, nothing_has_to_go_while_there_is_room) {
  CHECK_TRUE(space->excess(10 * kMiB, 12 * kMiB) == 0);
  CHECK_FALSE(space->is_disk_short());
}

TEST(Space, what_does_not_leave_room_for_a_commit_has_to_go) {
  const Shares& shares = space->shares();
  const std::uint64_t excess = space->excess(shares.database, shares.database);
  CHECK_TRUE(excess >= log_bytes_of(0, options.commit_bytes_max));
  CHECK_TRUE(space->excess(shares.database - excess, shares.database) == 0);
}

TEST(Space, what_is_set_aside_is_taken_from_the_database) {
  const Shares whole = space->shares();
  space->note_set_aside(kMiB);
  CHECK_TRUE(space->shares().database == whole.database - kMiB);
  CHECK_TRUE(space->shares().log == whole.log && space->shares().reserve == whole.reserve);
  CHECK_TRUE(space->excess(whole.database - kMiB, whole.database) > 0);
  space->note_set_aside(0);
  CHECK_TRUE(space->shares().database == whole.database);
}

TEST(Space, whatever_is_set_aside_a_database_has_a_quarter) {
  const Shares whole = space->shares();
  space->note_set_aside(100 * kMiB);
  CHECK_TRUE(space->shares().database >= whole.database / 4);
  CHECK_TRUE(space->excess(whole.database / 8, whole.database) == 0);
}

TEST(Space, what_is_salvaged_waits_for_room) {
  CHECK_TRUE(space->has_room_for(kMiB, 0));
  CHECK_FALSE(space->has_room_for(kMiB, space->shares().database - kMiB));
}

TEST(Space, says_how_much_room_is_left) {
  const std::uint64_t room = space->room_beside(0);
  CHECK_TRUE(room > 8 * kMiB && room < space->shares().database);
  CHECK_TRUE(space->room_beside(kMiB) == room - kMiB);
  CHECK_TRUE(space->excess(room, room) == 0 && space->excess(room + 1, room + 1) == 1);
  CHECK_TRUE(space->room_beside(room + 1) == 0);
}

TEST(Space, a_short_disk_counts_as_a_full_quota) {
  disk.free_bytes = 5 * kMiB;  // 3 too few
  CHECK_TRUE(space->excess(6 * kMiB, 7 * kMiB) == 2 * kMiB);
  CHECK_TRUE(space->is_disk_short());
  CHECK_TRUE(space->excess(4 * kMiB, 7 * kMiB) == 0);
  CHECK_TRUE(space->excess(2 * kMiB, 2 * kMiB) == 2 * kMiB);  // all there is
  disk.free_bytes = 8 * kMiB;
  CHECK_TRUE(space->excess(6 * kMiB, 7 * kMiB) == 0);
  CHECK_FALSE(space->is_disk_short());
}

TEST(Space, a_disk_that_does_not_say_is_not_short) {
  disk.silent = true;
  CHECK_TRUE(space->excess(6 * kMiB, 7 * kMiB) == 0);
  CHECK_FALSE(space->is_disk_short());
}

TEST(Space, takes_the_reserve_when_there_is_room) {
  disk.free_bytes = 9 * kMiB;
  static_cast<void>(space->excess(0, 0));
  CHECK_FALSE(has_reserve());
  disk.free_bytes = 10 * kMiB;
  static_cast<void>(space->excess(0, 0));
  CHECK_TRUE(has_reserve());
}

TEST(Space, gives_the_reserve_up_when_a_write_finds_no_room) {
  static_cast<void>(space->excess(0, 0));
  space->note_full(100'000);
  CHECK_FALSE(has_reserve());
  static_cast<void>(space->excess(0, 0));
  CHECK_FALSE(has_reserve());  // it would be taken from the same write
  space->note_written();
  static_cast<void>(space->excess(0, 0));
  CHECK_TRUE(has_reserve());
}

TEST(Space, a_write_that_found_no_room_wants_as_much) {
  space->note_full(kMiB);
  CHECK_TRUE(space->excess(5 * kMiB, 5 * kMiB) == kMiB);
  CHECK_TRUE(space->excess(4 * kMiB, 5 * kMiB) == 0);
  space->note_full(kMiB);  // it was not enough
  CHECK_TRUE(space->excess(4 * kMiB, 5 * kMiB) == kMiB);
  space->note_written();
  CHECK_TRUE(space->excess(5 * kMiB, 5 * kMiB) == 0);
}

TEST(Space, does_not_try_to_take_the_reserve_all_the_time) {
  std::filesystem::create_directory(options.path + ".reserve");  // nothing can be created there
  for (int i = 0; i < 100; ++i) static_cast<void>(space->excess(0, 0));
  std::filesystem::remove(options.path + ".reserve");
  static_cast<void>(space->excess(0, 0));
  CHECK_FALSE(has_reserve());
  for (int i = 0; i < 5'000; ++i) static_cast<void>(space->excess(0, 0));
  CHECK_TRUE(has_reserve());
}

TEST(Space, a_sixteenth_of_the_quota_is_for_tombstones) {
  CHECK_TRUE(tombstones_max(options) == kMiB / 8);
}
