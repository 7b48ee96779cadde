// Power is cut at the first change that a store makes to the disk, at the second, and so on.
// Whatever call was on the way: the database holds all of it or nothing, and all of those before.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "tests/crash/expectation.hpp"
#include "tests/crash/long_run.hpp"
#include "tests/crash/store_life.hpp"
#include "tests/crash/unsynced.hpp"
#include "tests/storage/faulty_vfs.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::crash {
namespace {

using storage::FaultyVfs;
using storage::Files;
using storage::Operation;
using storage::Remains;

class PowerCutLife : public Utest {
 public:
  // One life in which at each change the power might be cut: what would be left then is put into
  // the other folder and looked at there.
  void cut_everywhere(bool powersafe, PlantedBug bug = PlantedBug::kNone) {
    powersafe_ = powersafe;
    FaultyVfs disk(folder_.path(), powersafe);
    StoreLife life(folder_.path(), bug);
    std::size_t done = 0;
    disk.on_operation([&](Operation operation) {
      if (operation != Operation::kRead) look(disk, done);
    });
    while (done < StoreLife::calls()) {
      CHECK_TRUE(life.call(done).ok());
      ++done;
    }
    life.stop();
    CHECK_TRUE(cuts > 500);
  }

  std::uint64_t cuts = 0;
  std::uint64_t violations = 0;

 private:
  void look(FaultyVfs& disk, std::size_t done) {
    constexpr std::array kSome = {Remains::kPrefix, Remains::kSubset, Remains::kTorn};
    ++cuts;
    if (violations > 0) return;  // one is enough
    if (!powersafe_) return look_at(disk, Remains::kTorn, cuts, done);
    look_at(disk, Remains::kNothing, 1, done);
    if (!in_long_run()) return look_at(disk, kSome[cuts % kSome.size()], cuts, done);
    for (const Remains remains : kSome) {
      for (std::uint64_t seed = 1; seed <= 10; ++seed) look_at(disk, remains, cuts + seed, done);
    }
  }
  void look_at(FaultyVfs& disk, Remains remains, std::uint64_t seed, std::size_t done) {
    Files left = disk.left_by_cut(remains, seed);
    if (left == seen_[remains]) return;
    storage::put(left, other_.path());
    seen_[remains] = std::move(left);
    const bool kept = expected_.is_all_or_nothing(other_.path_of("buffer.db"), done);
    if (!kept || !StoreLife(other_.path()).start_again().ok()) ++violations;
  }

  const Expectation expected_;
  const TemporaryFolder folder_;
  const TemporaryFolder other_;  // for what a power cut would leave
  bool powersafe_ = true;
  std::map<Remains, Files> seen_;
};

}  // namespace

TEST_GROUP_BASE(PowerCut, PowerCutLife){};

TEST(PowerCut, loses_nothing_that_was_committed) {
  cut_everywhere(true);
  CHECK_TRUE(violations == 0);
}

TEST(PowerCut, loses_nothing_when_a_tear_spoils_its_sector) {
  cut_everywhere(false);
  CHECK_TRUE(violations == 0);
}

TEST(PowerCut, shows_a_planted_store_that_does_not_sync) {
  const Unsynced bug;
  cut_everywhere(true);
  CHECK_TRUE(violations > 0);
}

TEST(PowerCut, shows_planted_frames_that_go_before_their_chunks_are_committed) {
  cut_everywhere(true, PlantedBug::kFramesGoFirst);
  CHECK_TRUE(violations > 0);
}

}  // namespace sluice::crash
