#include "tests/sim/simulated_collector.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "tests/sim/frozen_database.hpp"

namespace sluice::sim {
namespace {

using namespace std::chrono_literals;

// For acknowledgements that found the link full.
constexpr Duration kStepEvery = 2s;

void add(collector::ReceiverCounters& sum, const collector::ReceiverCounters& more) {
  sum.batches += more.batches;
  sum.chunks_stored += more.chunks_stored;
  sum.duplicates += more.duplicates;
  sum.refused += more.refused;
  sum.acks_sent += more.acks_sent;
}

// With its log.
void copy_database(const std::string& from, const std::string& to) {
  for (const char* const end : {"", "-wal"}) {
    std::filesystem::remove(to + end);
    if (std::filesystem::exists(from + end)) std::filesystem::copy_file(from + end, to + end);
  }
}

}  // namespace

SimulatedCollector::SimulatedCollector(const TemporaryFolder& folder, SimulatedBroker& broker,
                                       Invariants& invariants, Random random, PlantedBug bug)
    : broker_(broker),
      invariants_(invariants),
      random_(random),
      bug_(bug),
      database_(folder.path_of("collector.db")) {}

Instant SimulatedCollector::due() const {
  return process_ ? std::min(due_, broker_.due(End::kCollector)) : back_at_;
}

void SimulatedCollector::open(Instant world) {
  Result<collector::SqliteSink> store = collector::SqliteSink::open(database_);
  if (!store) {
    invariants_.fail(Rule::kE7, "the collector cannot start: " + store.error().message);
    back_at_ = Instant::max();
    return;
  }
  Process process;
  process.store = std::make_unique<collector::SqliteSink>(std::move(*store));
  process.below = mutant_below_watch(bug_, *process.store);
  collector::Sink& real = process.below ? *process.below : *process.store;
  process.watch = std::make_unique<WatchedSink>(real, invariants_, broker_);
  process.above = mutant_above_watch(bug_, *process.watch);
  collector::Sink& top = process.above ? *process.above : *process.watch;
  process.link =
      broker_.link(End::kCollector, {collector::Receiver::subscriptions(), std::nullopt});
  process.receiver = std::make_unique<collector::Receiver>(top, *process.link);
  process_.emplace(std::move(process));
  due_ = world;
  compare_interval_sets();
}

void SimulatedCollector::compare_interval_sets() {
  for (const auto& [name, book] : invariants_.books()) {
    const auto& [run, stream] = name;
    const Result<Ack> whole = process_->store->acknowledgement(kGatewayId, run, stream);
    if (whole) {
      invariants_.interval_set_is(*whole);
    } else if (book.held + book.resolved > 0) {
      invariants_.fail(Rule::kE3, "what the collector had committed is gone after its restart");
    }
  }
}

void SimulatedCollector::step(Instant world, WallTime wall) {
  if (!process_) {
    if (world >= back_at_) open(world);
    return;
  }
  due_ = world + kStepEvery;
  process_->watch->set_failing(world < disk_fails_until_);
  process_->receiver->step(world, wall);
  if (process_->watch->dead()) fall(world + down_);
}

void SimulatedCollector::kill(WatchedSink::Death death, Instant world, Duration down) {
  if (!process_) return;
  down_ = down;
  process_->watch->die_at_next_store(death);
  if (death == WatchedSink::Death::kNone) fall(world + down);
}

void SimulatedCollector::fall(Instant back_at) {
  add(earlier_, process_->receiver->counters());
  const FrozenDatabase frozen(database_);
  process_.reset();
  frozen.thaw(random_.chance(0.5), random_);
  back_at_ = back_at;
}

void SimulatedCollector::back_up() {
  if (!std::filesystem::exists(database_)) return;
  copy_database(database_, database_ + ".backup");
  has_backup_ = true;
  invariants_.collector_backed_up();
}

void SimulatedCollector::restore(Instant world, Duration down) {
  if (!has_backup_) return;
  if (process_) add(earlier_, process_->receiver->counters());
  process_.reset();
  copy_database(database_ + ".backup", database_);
  back_at_ = world + down;
  invariants_.collector_restored();
}

void SimulatedCollector::fail_disk(Instant until) {
  disk_fails_until_ = std::max(disk_fails_until_, until);
}

void SimulatedCollector::calm() {
  disk_fails_until_ = Instant{};
  if (process_) process_->watch->die_at_next_store(WatchedSink::Death::kNone);
}

collector::ReceiverCounters SimulatedCollector::counters() const {
  collector::ReceiverCounters sum = earlier_;
  if (process_) add(sum, process_->receiver->counters());
  return sum;
}

}  // namespace sluice::sim
