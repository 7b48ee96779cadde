#include "storage/disk.hpp"

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(Disk){};

TEST(Disk, knows_how_much_is_free) {
  const TemporaryFolder folder;
  SystemDisk disk;
  const Result<std::uint64_t> free = disk.free_bytes(folder.path());
  CHECK_TRUE(free.ok());
  CHECK_TRUE(*free > 0);
}

TEST(Disk, cannot_say_where_there_is_none) {
  SystemDisk disk;
  CHECK_TRUE(failed_with(disk.free_bytes("/no/such/folder"), ErrorCode::kUnavailable));
}
