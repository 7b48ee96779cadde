#pragma once
// The real gateway (app::Gateway) under virtual time: all its threads' steps in one thread, killed
// and started again over the same database. Remembers what each run produced, from the sensors' own
// ledgers. Its boot time is its own: a reboot sets it back.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/gateway.hpp"
#include "config/config.hpp"
#include "core/chunk.hpp"
#include "core/time.hpp"
#include "hal/ledger.hpp"
#include "storage/reader.hpp"
#include "storage/sqlite.hpp"
#include "tests/sim/invariants.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/scenario.hpp"
#include "tests/sim/simulated_broker.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::sim {

// What a run that is over produced, by its sensors' ledgers, and how it ended.
struct RunRecord {
  struct Channel {
    ChannelId channel{};
    std::vector<hal::LedgerRecord> produced;
  };
  RunId run;
  bool orderly = false;
  std::uint64_t durable = 0;  // readings committed, by what storage last said
  std::vector<Channel> channels;
};

class SimulatedGateway {
 public:
  // kReused is a planted bug: when all is delivered, the disk is replaced and the id is not.
  enum class RunIds : std::uint8_t { kRandom, kReused };

  // All outlive it.
  SimulatedGateway(const Scenario& scenario, const TemporaryFolder& folder, SimulatedBroker& broker,
                   Invariants& invariants, Random random, RunIds run_ids);

  // Times are the world's.
  Instant due() const;
  void step(Instant world, WallTime wall);

  void kill(Instant back_at);
  void reboot(Instant back_at);
  void restart(Instant world, Instant back_at);
  void reload(Instant world);
  void stall_storage(Instant until);
  // The next run has no channels: it only delivers what is there.
  void stop_producing() { producing_ = false; }
  // Compares all pending rows with the books.
  void inspect();

  // Null while it is down.
  app::Gateway* running() { return gateway_.get(); }
  std::uint64_t pending_chunks() const;
  const std::string& database() const { return database_; }
  const std::vector<RunRecord>& runs() const { return runs_; }
  std::uint64_t readings_produced() const { return readings_produced_; }

 private:
  Instant boot_time(Instant world) const { return Instant(world - boot_); }
  Instant world_time(Instant boot) const;
  RunId draw_run();
  void open(Instant world);
  void step_storage(Instant now);
  void step_uplink(Instant now);
  // Storage has something to do before its time.
  void hurry_storage(Instant now);
  // Shows the invariants every chunk that is new in the store, and what has been dropped.
  void look();
  // Shows them what its tables say of every key.
  void show_keys();
  void end_run(bool orderly);
  void fall(Instant back_at, bool torn);

  const Scenario scenario_;
  SimulatedBroker& broker_;
  Invariants& invariants_;
  Random random_;
  const RunIds run_ids_;
  bool replace_disk_;  // before the next start
  const std::string database_;
  const std::string ledgers_;
  config::Config config_;
  bool producing_ = true;

  Instant boot_;  // the world's time at which this boot began
  std::string boot_id_;
  Instant back_at_;  // while it is down
  std::optional<storage::Reader> reader_;
  std::optional<storage::Connection> rows_;
  std::unique_ptr<app::Gateway> gateway_;
  // Boot times.
  Instant loop_due_;
  Instant storage_due_;
  Instant uplink_due_;
  Instant clock_due_;
  Instant run_ends_;

  std::array<std::uint64_t, kStreamCount> seen_positions_{};
  std::uint64_t pending_seen_ = 0;
  std::uint64_t kept_seen_ = 0;
  std::uint64_t stored_before_ = 0;  // readings of earlier runs, as storage counts them
  std::uint64_t stored_ = 0;
  std::uint64_t storage_steps_ = 0;
  std::uint64_t readings_produced_ = 0;
  std::vector<RunRecord> runs_;
};

}  // namespace sluice::sim
