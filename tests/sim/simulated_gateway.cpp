#include "tests/sim/simulated_gateway.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <span>

#include "core/check.hpp"
#include "tests/sim/frozen_database.hpp"

namespace sluice::sim {
namespace {

using namespace std::chrono_literals;

// The threads look every 20 and 50 ms; here a step costs the same whether anything is to be done or
// not, so they look less often when nothing is under way.
constexpr Duration kStorageSoon = 20ms;
constexpr Duration kUplinkEvery = 5s;
constexpr Duration kUplinkSoon = 50ms;
constexpr Duration kClockEvery = 10min;
// The kernel's part of a boot.
constexpr Duration kBootLeast = 3s;
constexpr Duration kBootMost = 30s;
// Storage steps between two looks at every row.
constexpr std::uint64_t kInspectEvery = 500;

// Nothing is dropped while there is more left of the quota than this: the reserve, the log's share
// and room for one commit.
constexpr std::uint64_t kRoomLeft = 1'280 * 1024;

constexpr Stream kStreams[] = {Stream::kRaw, Stream::kRollup, Stream::kRejected, Stream::kEvent};
constexpr std::size_t kLookBytes = 256 * 1024;

// Keys of which the tables say the same.
struct Shown {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  model::Here here = model::Here::kNone;
};

// The first column.
RunId run_of(const storage::Row& row) {
  RunId run;
  const std::span<const std::byte> id = row.blob(0);
  std::memcpy(run.bytes.data(), id.data(), id.size());
  return run;
}

}  // namespace

SimulatedGateway::SimulatedGateway(const Scenario& scenario, const TemporaryFolder& folder,
                                   SimulatedBroker& broker, Invariants& invariants, Random random,
                                   RunIds run_ids)
    : scenario_(scenario),
      broker_(broker),
      invariants_(invariants),
      random_(random),
      run_ids_(run_ids),
      replace_disk_(run_ids == RunIds::kReused),
      database_(folder.path_of("gateway.db")),
      ledgers_(folder.path_of("ledgers")),
      boot_(Instant{} - kBootMost),
      boot_id_("boot-0") {}

Instant SimulatedGateway::world_time(Instant boot) const {
  return boot == Instant::max() ? boot : boot_ + boot.time_since_epoch();
}

Instant SimulatedGateway::due() const {
  if (!gateway_) return back_at_;
  const Instant own = std::min({loop_due_, storage_due_, uplink_due_, run_ends_});
  return std::min(world_time(own), broker_.due(End::kGateway));
}

// ---- One run ------------------------------------------------------------------------------------

RunId SimulatedGateway::draw_run() {
  RunId run;
  if (replace_disk_) return run;
  for (std::uint8_t& byte : run.bytes) byte = static_cast<std::uint8_t>(random_.below(256));
  return run;
}

void SimulatedGateway::open(Instant world) {
  const Instant now = boot_time(world);
  if (replace_disk_) {
    std::filesystem::remove(database_);
    std::filesystem::remove(database_ + "-wal");
    std::filesystem::remove(database_ + ".watermark");
    seen_positions_ = {};
  }
  std::filesystem::create_directories(ledgers_);
  config_ = gateway_config(scenario_, database_, ledgers_);
  if (!producing_) config_.channels.clear();
  const app::Identity identity{draw_run(), boot_id_, "simulated"};
  const uplink::Options& options = config_.uplink.delivery;
  Result<std::unique_ptr<app::Gateway>> opened = app::Gateway::open(
      config_, identity,
      broker_.link(End::kGateway, {uplink::Uplink::subscriptions(options),
                                   uplink::Uplink::last_will(options, identity.run)}),
      now);
  if (!opened.ok()) {
    invariants_.fail(Rule::kE2, "the gateway cannot start: " + opened.error().message);
    return;
  }
  gateway_ = std::move(*opened);
  Result<storage::Reader> reader = storage::Reader::open(database_);
  CHECK(reader.ok());
  reader_.emplace(std::move(*reader));
  Result<storage::Connection> rows = storage::Connection::open(database_, storage::Access::kRead);
  CHECK(rows.ok());
  rows_.emplace(std::move(*rows));
  loop_due_ = storage_due_ = uplink_due_ = clock_due_ = now;
  run_ends_ = now + scenario_.run_max;
  look();
  show_keys();
  stored_before_ = stored_ = gateway_->storage().status().totals.stored;
  inspect();
}

void SimulatedGateway::step(Instant world, WallTime wall) {
  if (!gateway_) {
    if (world >= back_at_) open(world);
    return;
  }
  const Instant now = boot_time(world);
  if (now >= run_ends_) {
    restart(world, world + 1s);
    return;
  }
  if (now >= loop_due_) {
    const app::RealtimeLoop::Step done = gateway_->loop().step(now);
    loop_due_ = done.next;
    if (done.alerts > 0) hurry_storage(now);
    for (const auto& worker : gateway_->workers()) worker->step(now);
    gateway_->tend(now);
  }
  if (now >= clock_due_) {
    clock_due_ = now + kClockEvery;
    static_cast<void>(gateway_->note_clock({now, wall, 50ms, random_.chance(0.5)}));
  }
  if (now >= storage_due_) step_storage(now);
  if (now >= uplink_due_ || broker_.due(End::kGateway) <= world) step_uplink(now);
}

void SimulatedGateway::step_storage(Instant now) {
  storage_due_ = now + scenario_.storage_every;
  const bool settles =
      gateway_->crossings().acks.size() + gateway_->crossings().answered.size() > 0;
  gateway_->storage().step(now);
  const storage::Totals totals = gateway_->storage().status().totals;
  // Chunks that come and chunks that go may add up to nothing.
  const bool drops = totals.bytes + kRoomLeft > scenario_.quota_bytes;
  const bool comes_or_goes =
      std::exchange(pending_seen_, totals.pending_chunks) != totals.pending_chunks;
  if (comes_or_goes) uplink_due_ = std::min(uplink_due_, now + kUplinkSoon);
  const bool erases = std::exchange(kept_seen_, totals.kept_chunks) > totals.kept_chunks;
  const bool looks = comes_or_goes || settles || drops || erases;
  if (looks) look();
  stored_ = totals.stored;
  invariants_.storage_stepped(totals);
  if (looks) show_keys();
  if (++storage_steps_ % kInspectEvery == 0) inspect();
}

void SimulatedGateway::step_uplink(Instant now) {
  uplink_due_ = now + kUplinkEvery;
  gateway_->uplink()->step(now);
  if (gateway_->crossings().acks.size() + gateway_->crossings().answered.size() > 0) {
    hurry_storage(now);
  }
}

void SimulatedGateway::hurry_storage(Instant now) {
  const bool stalled = storage_due_ > now + scenario_.storage_every;
  if (!stalled) storage_due_ = std::min(storage_due_, now + kStorageSoon);
}

void SimulatedGateway::look() {
  for (const Stream stream : kStreams) {
    std::uint64_t& position = seen_positions_[static_cast<std::size_t>(stream)];
    for (;;) {
      Result<std::vector<storage::StoredChunk>> fresh =
          reader_->pending(stream, position, kLookBytes);
      CHECK(fresh.ok());
      if (fresh->empty()) break;
      for (const storage::StoredChunk& stored : *fresh) {
        invariants_.chunk_stored(stored.chunk);
        position = stored.position;
      }
    }
  }
  CHECK(rows_
            ->for_each("SELECT run.run, stream, first, last FROM tombstone"
                       " JOIN run ON run.id = tombstone.run WHERE declared = 0 UNION ALL"
                       " SELECT run.run, stream, first, last FROM missing"
                       " JOIN run ON run.id = missing.run WHERE declared = 0 AND first >= 1",
                       {},
                       [&](const storage::Row& row) {
                         invariants_.gap_grew(run_of(row), static_cast<Stream>(row.integer(1)),
                                              storage::to_unsigned(row.integer(2)),
                                              storage::to_unsigned(row.integer(3)));
                         return true;
                       })
            .ok());
}

void SimulatedGateway::show_keys() {
  using model::Here;
  // What is settled comes before the chunks of it that are kept.
  constexpr const char* kKeys =
      "SELECT run.run, stream, first, last, status FROM ("
      " SELECT run, stream, seq AS first, seq AS last, iif(EXISTS (SELECT 1 FROM pending"
      "  WHERE lane BETWEEN 0 AND 5 AND pending.position = chunk.position), ?1, ?6) AS status,"
      " 1 AS rank FROM chunk UNION ALL"
      " SELECT run, stream, first, last, iif(declared, ?3, ?2), 1 FROM tombstone UNION ALL"
      " SELECT run, stream, first, last, iif(declared, ?3, ?2), 1 FROM missing WHERE first >= 1"
      " UNION ALL SELECT run, stream, first, last, iif(resolved, ?5, ?4), 0 FROM settled"
      ") AS key JOIN run ON run.id = key.run ORDER BY key.run, stream, first, rank";
  const auto number = [](Here here) { return static_cast<std::int64_t>(here); };
  const auto show = [this](const Shown& keys) {
    if (keys.first > keys.last) return;
    invariants_.keys_are(keys.run, keys.stream, keys.first, keys.last, keys.here);
  };
  Shown settled{{}, Stream::kRaw, 1, 0, Here::kGone};  // of it, what has not been shown
  CHECK(rows_
            ->for_each(kKeys,
                       {number(Here::kPending), number(Here::kDropped), number(Here::kDeclared),
                        number(Here::kGone), number(Here::kResolved), number(Here::kKept)},
                       [&](const storage::Row& row) {
                         const Shown keys{run_of(row), static_cast<Stream>(row.integer(1)),
                                          storage::to_unsigned(row.integer(2)),
                                          storage::to_unsigned(row.integer(3)),
                                          static_cast<Here>(row.integer(4))};
                         if (keys.here == Here::kGone || keys.here == Here::kResolved) {
                           show(std::exchange(settled, keys));
                           return true;
                         }
                         if (keys.here == Here::kKept) {
                           Shown before = settled;
                           before.last = keys.first - 1;
                           show(before);
                           settled.first = keys.last + 1;
                         }
                         show(keys);
                         return true;
                       })
            .ok());
  show(settled);
  invariants_.keys_are_shown();
}

void SimulatedGateway::inspect() {
  if (!gateway_) return;
  invariants_.begin_inspection();
  for (const Stream stream : kStreams) {
    for (std::uint64_t position = 0;;) {
      Result<std::vector<storage::StoredChunk>> pending =
          reader_->pending(stream, position, kLookBytes);
      CHECK(pending.ok());
      if (pending->empty()) break;
      for (const storage::StoredChunk& stored : *pending) invariants_.found_pending(stored.chunk);
      position = pending->back().position;
    }
  }
  invariants_.end_inspection();
}

std::uint64_t SimulatedGateway::pending_chunks() const {
  return gateway_ ? gateway_->storage().status().totals.pending_chunks : 1;
}

// ---- The ends of a run --------------------------------------------------------------------------

void SimulatedGateway::end_run(bool orderly) {
  RunRecord record;
  record.run = gateway_->identity().run;
  record.orderly = orderly;
  record.durable = stored_ - stored_before_;
  replace_disk_ = run_ids_ == RunIds::kReused && pending_chunks() == 0;
  const config::Config all = gateway_config(scenario_, database_, ledgers_);
  for (const config::ChannelOptions& channel : all.channels) {
    const std::optional<ChannelId> id =
        gateway_->numbering().find_channel(channel.spec.name, channel.spec.unit);
    if (!id) continue;
    Result<std::vector<hal::LedgerRecord>> produced =
        hal::read_ledger(ledger_path(ledgers_, channel.spec.name));
    CHECK(produced.ok());
    readings_produced_ += produced->size();
    record.channels.push_back({*id, std::move(*produced)});
  }
  runs_.push_back(std::move(record));
  reader_.reset();
  rows_.reset();
  gateway_.reset();
  std::filesystem::remove_all(ledgers_);
}

void SimulatedGateway::fall(Instant back_at, bool torn) {
  const FrozenDatabase frozen(database_);
  end_run(false);
  frozen.thaw(torn, random_);
  back_at_ = back_at;
}

void SimulatedGateway::kill(Instant back_at) {
  if (gateway_) fall(back_at, random_.chance(0.5));
}

void SimulatedGateway::reboot(Instant back_at) {
  if (!gateway_) return;
  fall(back_at, random_.chance(0.5));
  boot_ = back_at - random_.between(kBootLeast, kBootMost);
  boot_id_ = "boot-" + std::to_string(runs_.size());
}

void SimulatedGateway::restart(Instant world, Instant back_at) {
  if (!gateway_) return;
  const Result<> finished = gateway_->storage().finish(boot_time(world));
  look();
  stored_ = gateway_->storage().status().totals.stored;
  gateway_->uplink()->close();
  end_run(finished.ok());
  back_at_ = back_at;
}

void SimulatedGateway::reload(Instant world) {
  if (!gateway_) return;
  config::Config config = config_;
  const config::Config all = gateway_config(scenario_, database_, ledgers_);
  if (config.channels.size() == all.channels.size()) {
    config.channels.pop_back();
  } else if (producing_) {
    config.channels.push_back(all.channels.back());
  }
  // An earlier reload may still be under way; then this one is refused.
  if (gateway_->reload(config, boot_time(world)).ok()) config_ = config;
  loop_due_ = std::min(loop_due_, boot_time(world));
}

void SimulatedGateway::stall_storage(Instant until) {
  if (gateway_) storage_due_ = std::max(storage_due_, boot_time(until));
}

}  // namespace sluice::sim
