// A gateway whose power is cut at the first change on the disk, then at the second, and so on, and
// again while it recovers.

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/crossings.hpp"
#include "tests/crash/gateway_life.hpp"
#include "tests/crash/long_run.hpp"
#include "tests/crash/unsynced.hpp"
#include "tests/storage/faulty_vfs.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::crash {
namespace {

using storage::Failure;
using storage::FaultyVfs;
using storage::Operation;
using storage::Remains;

constexpr int kHealingSecondsMax = 60;

storage::PowerCut honest_cut(std::uint64_t at) {
  constexpr std::array kRemains = {Remains::kNothing, Remains::kPrefix, Remains::kSubset,
                                   Remains::kTorn};
  return {.at = at, .remains = kRemains[at % kRemains.size()], .seed = at};
}

storage::PowerCut smearing_cut(std::uint64_t at) {
  return {.at = at, .remains = Remains::kSmear, .seed = at};
}

}  // namespace

TEST_GROUP(Gateway) {
  const TemporaryFolder folder;
  // Aligned to cache lines, which the framework's new does not do.
  const std::unique_ptr<app::Crossings> crossings = std::make_unique<app::Crossings>(1'000);
  std::uint64_t missing = 0;             // promised, lost, and declared
  std::uint64_t spoilt = 0;              // databases that could not be opened any more
  std::optional<std::string> violation;  // the first one

  // Up to a power cut, if there is one.
  void live(GatewayLife & life, const FaultyVfs& disk, int seconds) {
    for (int i = 0; i < seconds && !disk.is_off(); ++i) {
      life.live_a_second();
      if (i % 2 == 1 && !disk.is_off()) life.deliver();
    }
  }
  void live_three_runs(GatewayLife & life, const FaultyVfs& disk) {
    for (const bool goodbye : {true, false, true}) {
      if (disk.is_off() || !life.start().ok()) break;
      live(life, disk, 7);
      if (goodbye && !disk.is_off()) static_cast<void>(life.say_goodbye());
      life.stop();
    }
    life.stop();
  }
  // Starts again, with another cut on the way, and again.
  void recover(GatewayLife & life, FaultyVfs & disk, const storage::PowerCut& again,
               Honesty honesty) {
    disk.cut(again);
    if (life.start().ok()) live(life, disk, 2);
    life.stop();
    disk.is_off() ? disk.restart() : disk.work();
    for (const int seconds : {5, 1}) {
      const Result<> started = life.start();
      // What a disk has spoilt may be beyond use, as long as that is said.
      if (honesty == Honesty::kLying && !started.ok()) {
        ++spoilt;
        return;
      }
      must(started);
      if (!started.ok()) return;
      live(life, disk, seconds);
      if (seconds > 1) life.stop();
    }
    heal(life, disk);
    if (!violation) violation = life.violation();
    missing += life.missing();
    life.stop();
  }
  // What was set aside is salvaged piece by piece; only then the runs in it are recovered, and what
  // is missing of them is declared.
  void heal(GatewayLife & life, const FaultyVfs& disk) {
    for (int i = 0; i < kHealingSecondsMax && life.is_healing(); ++i) live(life, disk, 1);
    if (life.is_healing() && !violation) violation = "the buffer does not heal";
    live(life, disk, 3);
  }
  // Cuts the power at the first change, then at a later one, until there is none any more, or
  // something is wrong. `stride`: in a short run.
  void cut_everywhere(const auto& choose, Honesty honesty, std::uint64_t stride,
                      auto&& before_restart) {
    bool cut = true;
    for (std::uint64_t at = 1; cut && !violation; at += in_long_run() ? 1 : stride) {
      storage::put({}, folder.path());
      FaultyVfs disk(folder.path());
      GatewayLife life(folder.path(), *crossings, honesty);
      disk.cut(choose(at));
      live_three_runs(life, disk);
      cut = disk.is_off();
      if (!cut) continue;
      disk.restart();
      before_restart();
      recover(life, disk, choose(1 + at % 61), honesty);
    }
  }
  void cut_everywhere(const auto& choose, Honesty honesty, std::uint64_t stride) {
    cut_everywhere(choose, honesty, stride, [] {});
  }
  void expect_no_violation() const {
    if (violation) FAIL(violation->c_str());
  }
  // Operations fail, and power never does: nothing is lost at all, and nothing is restarted.
  void fail_everywhere(Failure failure, std::uint64_t stride) {
    bool failed = true;
    for (; failed && !violation; failure.first += in_long_run() ? 1 : stride) {
      storage::put({}, folder.path());
      FaultyVfs disk(folder.path());
      GatewayLife life(folder.path(), *crossings, Honesty::kHonest);
      must(life.start());
      disk.fail(failure);
      live(life, disk, 12);
      failed = disk.failures() > 0;
      disk.work();
      live(life, disk, 12);
      must(life.say_goodbye());
      must(life.start());
      if (!violation) violation = life.violation();
      if (disk.retried_syncs() > 0) violation = "a sync that had failed was tried again";
      life.stop();
    }
    CHECK_TRUE(violation || failure.first > 5 * stride);
  }
  void must(const Result<>& result) {
    if (!result.ok() && !violation) violation = result.error().message;
  }
};

TEST(Gateway, loses_nothing_it_has_promised_wherever_power_is_cut) {
  cut_everywhere(honest_cut, Honesty::kHonest, 3);
  expect_no_violation();
}

TEST(Gateway, declares_what_it_loses_to_flushes_that_lie) {
  // A run that began among the lies would be gone without a trace.
  bool cut = true;
  for (std::uint64_t at = 1; cut && !violation; at += in_long_run() ? 1 : 3) {
    storage::put({}, folder.path());
    FaultyVfs disk(folder.path());
    GatewayLife life(folder.path(), *crossings, Honesty::kLying);
    must(life.start());
    live(life, disk, 2);
    disk.cut({.at = at, .remains = Remains::kPrefix, .lies = at, .seed = at});
    live(life, disk, 12);
    cut = disk.is_off();
    life.stop();
    if (!cut) continue;
    disk.restart();
    recover(life, disk, honest_cut(1 + at % 61), Honesty::kLying);
  }
  expect_no_violation();
  CHECK_TRUE(missing > 0);
}

TEST(Gateway, declares_what_it_loses_to_spoilt_erase_blocks) {
  cut_everywhere(smearing_cut, Honesty::kLying, 5);
  expect_no_violation();
  CHECK_TRUE(missing > 0);
}

TEST(Gateway, planted_a_database_that_does_not_sync_breaks_promises) {
  const Unsynced bug;
  cut_everywhere(honest_cut, Honesty::kHonest, 3);
  CHECK_TRUE(violation.has_value());
}

TEST(Gateway, planted_a_watermark_that_is_not_looked_at_lets_losses_pass_unseen) {
  cut_everywhere(smearing_cut, Honesty::kLying, 1,
                 [this] { std::filesystem::remove(folder.path_of("buffer.db.watermark")); });
  CHECK_TRUE(violation.has_value());
}

TEST(Gateway, outlives_writes_that_fail) {
  fail_everywhere({Operation::kWrite}, 7);
  expect_no_violation();
}

TEST(Gateway, outlives_a_disk_that_is_full_for_a_while) {
  fail_everywhere({Operation::kWrite, 1, 40, true}, 7);
  expect_no_violation();
}

TEST(Gateway, outlives_syncs_that_fail_and_never_tries_one_again) {
  fail_everywhere({Operation::kSync}, 1);
  expect_no_violation();
}

TEST(Gateway, outlives_reads_that_fail) {
  fail_everywhere({Operation::kRead}, 3);
  expect_no_violation();
}

}  // namespace sluice::crash
