// The first operation of its kind fails, then the second, and so on. A call that returns an error
// has had its effect whole or not at all, can be made again, and what calls have returned is there.

#include <cstddef>
#include <cstdint>

#include "tests/crash/expectation.hpp"
#include "tests/crash/long_run.hpp"
#include "tests/crash/store_life.hpp"
#include "tests/storage/faulty_vfs.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::crash {
namespace {

using storage::Failure;
using storage::FaultyVfs;
using storage::Operation;
using storage::Remains;

class DiskErrorLife : public Utest {
 public:
  // `stride`: of operations that come in long rows, some are enough.
  void fail_everywhere(Failure failure, std::uint64_t stride = 1) {
    if (in_long_run()) stride = 1;
    while (survive(failure)) failure.first += stride;
    CHECK_TRUE(failure.first > 10);
  }

 private:
  // One life in which operations fail. Returns false when none did.
  bool survive(const Failure& failure) {
    storage::put({}, folder_.path());
    FaultyVfs disk(folder_.path());
    StoreLife life(folder_.path());
    disk.fail(failure);
    int calls_after = 0;
    for (std::size_t done = 0; done < StoreLife::calls(); ++done) {
      const bool returned = make(disk, life, done);
      if (disk.failures() > 0 && returned && ++calls_after <= 3) expect_durable(disk, done + 1);
    }
    disk.work();
    STRCMP_EQUAL(expected_.contents.back().c_str(), content_of(life.database()).c_str());
    return disk.failures() > 0;
  }
  // Makes the call, once more if it fails and had no effect. Returns false when it has failed and
  // had its effect nevertheless.
  bool make(FaultyVfs& disk, StoreLife& life, std::size_t call) {
    if (life.call(call).ok()) return true;
    CHECK_TRUE(disk.failures() > 0);
    disk.work();
    CHECK_TRUE(life.reopen().ok());
    CHECK_TRUE(expected_.is_all_or_nothing(life.database(), call));
    const std::string content = content_of(life.database());
    if (content != expected_.contents[call] && content == expected_.contents[call + 1])
      return false;
    CHECK_TRUE(life.call(call).ok());
    return true;
  }
  // It is on the card, and not only in memory that a failed sync has left behind.
  void expect_durable(FaultyVfs& disk, std::size_t done) {
    storage::put(disk.left_by_cut(Remains::kNothing, 1), other_.path());
    STRCMP_EQUAL(expected_.contents[done].c_str(), content_of(other_.path_of("buffer.db")).c_str());
  }

  const Expectation expected_;
  const TemporaryFolder folder_;
  const TemporaryFolder other_;  // for what a power cut would leave
};

}  // namespace

TEST_GROUP_BASE(DiskError, DiskErrorLife){};

TEST(DiskError, of_a_read_loses_nothing) {
  fail_everywhere({Operation::kRead}, 5);
}
TEST(DiskError, of_a_write_loses_nothing) {
  fail_everywhere({Operation::kWrite}, 23);
}
TEST(DiskError, of_a_sync_loses_nothing) {
  fail_everywhere({Operation::kSync});
}
TEST(DiskError, of_a_full_disk_loses_nothing) {
  fail_everywhere({Operation::kWrite, 1, 1, true}, 41);
}
TEST(DiskError, of_a_disk_that_is_full_for_a_while_loses_nothing) {
  fail_everywhere({Operation::kWrite, 1, 30, true}, 83);
}

}  // namespace sluice::crash
