#include "tests/sim/world.hpp"

#include <algorithm>

#include "tests/sim/balance.hpp"
#include "uplink/messages.hpp"
#include "uplink/topics.hpp"

namespace sluice::sim {
namespace {

using namespace std::chrono_literals;

// Within this everything has to arrive once nothing breaks any more: the longest wait for an
// acknowledgement is 10 minutes, and what is left needs some round trips.
constexpr Duration kSettlingMax = 30min;
// No part may ask to be called again and again at the same time.
constexpr std::uint64_t kStepsAtOnceMax = 10'000;
constexpr Duration kWallJumpMax = 24h * 365;

}  // namespace

World::World(const Scenario& scenario, PlantedBug bug)
    : scenario_(scenario),
      bug_(bug),
      random_(scenario.seed),
      broker_(scenario.manners, random_.fork(), watch()),
      gateway_(scenario, folder_, broker_, invariants_, random_.fork(),
               bug == PlantedBug::kRunIdComesAgain ? SimulatedGateway::RunIds::kReused
                                                   : SimulatedGateway::RunIds::kRandom),
      collector_(folder_, broker_, invariants_, random_.fork(), bug),
      faults_(scenario, random_.fork()) {}

std::optional<Violation> World::run() {
  const Instant end = now_ + scenario_.length;
  while (fine() && now_ < end) step();
  if (fine()) settle();
  std::optional<Violation> violation = invariants_.violation();
  if (violation)
    violation->what += " (found after " + std::to_string(to_seconds(now_ - Instant{})) + " s)";
  return violation;
}

void World::settle() {
  faults_.end();
  broker_.calm();
  collector_.calm();
  // First while it goes on producing, then what is left.
  const auto arrives = [&](auto done) {
    const Instant deadline = now_ + kSettlingMax;
    while (fine() && !done() && now_ < deadline) step();
    if (fine() && !done()) invariants_.fail(Rule::kE7, "not everything durable has arrived");
  };
  arrives([&] { return gateway_.running() != nullptr && invariants_.all_arrived(); });
  gateway_.stop_producing();
  gateway_.restart(now_, now_ + 1s);
  arrives([&] {
    return gateway_.running() != nullptr && invariants_.all_arrived() &&
           gateway_.pending_chunks() == 0;
  });
  gateway_.inspect();
  if (fine()) balance(collector_.database(), gateway_.runs(), invariants_);
}

void World::step() {
  const Instant before = now_;
  now_ =
      std::max(now_, std::min({gateway_.due(), collector_.due(), broker_.next(), faults_.next()}));
  tally_.steps = now_ == before ? tally_.steps : tally_.steps + 1;
  broker_.step(now_);
  if (faults_.next() <= now_) {
    const Fault fault = faults_.draw(now_);
    ++tally_.faults[static_cast<std::size_t>(fault.kind)];
    apply(fault);
    spoil();
  }
  if (replacement_due_ && gateway_.pending_chunks() == 0) {
    replacement_due_ = false;
    gateway_.kill(now_ + 1s);
  }
  // Its occasion is short: from the gap record to the next acknowledgement.
  if (tombstone_due_ && gateway_.running() != nullptr) {
    tombstone_due_ = !forget_tombstone(gateway_);
  }
  if (gateway_.due() <= now_) gateway_.step(now_, wall());
  if (collector_.due() <= now_) collector_.step(now_, wall());
}

WallTime World::wall() const {
  return scenario_.wall_start + now_.time_since_epoch() + wall_jumps_;
}

void World::apply(const Fault& fault) {
  const Instant until = now_ + fault.length;
  switch (fault.kind) {
    case FaultKind::kGatewayOutage:
      return broker_.cut(End::kGateway, until);
    case FaultKind::kCollectorOutage:
      return broker_.cut(End::kCollector, until);
    case FaultKind::kBrokerRestart:
      return broker_.restart(until);
    case FaultKind::kGatewayKilled:
      return gateway_.kill(until);
    case FaultKind::kMachineRebooted:
      return gateway_.reboot(until);
    case FaultKind::kGatewayRestarted:
      return gateway_.restart(now_, until);
    case FaultKind::kGatewayReloaded:
      return gateway_.reload(now_);
    case FaultKind::kCollectorKilled: {
      constexpr WatchedSink::Death kDeaths[] = {WatchedSink::Death::kNone,
                                                WatchedSink::Death::kBeforeCommit,
                                                WatchedSink::Death::kAfterCommit};
      return collector_.kill(kDeaths[random_.below(std::size(kDeaths))], now_, fault.length);
    }
    case FaultKind::kCollectorDisk:
      return collector_.fail_disk(until);
    case FaultKind::kStorageStall:
      return gateway_.stall_storage(until);
    case FaultKind::kCollectorBackedUp:
      return collector_.back_up();
    case FaultKind::kCollectorRestored:
      return collector_.restore(now_, fault.length);
    case FaultKind::kClockJump:
      wall_jumps_ =
          scenario_.script.empty() ? random_.between(-kWallJumpMax, kWallJumpMax) : fault.length;
      return;
  }
}

// Planted bugs that need an occasion.
void World::spoil() {
  if (bug_ == PlantedBug::kForgetsTombstone) tombstone_due_ = true;
  if (bug_ == PlantedBug::kRunIdComesAgain) replacement_due_ = true;
  if (gateway_.running() == nullptr) return;
  if (bug_ == PlantedBug::kClosesEarly) close_run(gateway_);
  if (bug_ == PlantedBug::kErasesUnsettled) erase_unsettled(gateway_);
  if (bug_ == PlantedBug::kDropWithoutGap) drop_without_gap(gateway_);
  if (bug_ == PlantedBug::kReadingLost) lose_reading(*gateway_.running());
}

// ---- The watch on the broker --------------------------------------------------------------------

SimulatedBroker::Watch World::watch() {
  return {[this](End end, const uplink::Message& message) { published(end, message); },
          [this](End end, const uplink::Message& message) { delivered(end, message); }};
}

void World::published(End end, const uplink::Message& message) {
  const Result<uplink::Topic> topic = uplink::parse_topic(message.topic);
  if (!topic) return;
  if (end == End::kGateway && topic->kind == uplink::TopicKind::kUp) {
    ++tally_.batches;
    invariants_.batch_published(message.payload);
    if (bug_ == PlantedBug::kDeleteOnPublish) delete_published(*gateway_.running(), message);
  }
  if (end == End::kCollector && topic->kind == uplink::TopicKind::kAck) {
    if (const Result<Ack> ack = uplink::decode_ack(message.payload))
      invariants_.ack_published(*ack);
  }
}

void World::delivered(End end, const uplink::Message& message) {
  if (end != End::kGateway) return;
  if (const Result<Ack> ack = uplink::decode_ack(message.payload)) invariants_.ack_delivered(*ack);
}

Tally World::tally() const {
  Tally tally = tally_;
  tally.simulated = now_ - Instant{};
  tally.runs = gateway_.runs().size();
  tally.readings = gateway_.readings_produced();
  tally.chunks = invariants_.chunks_seen();
  for (const Gap& gap : invariants_.gaps()) ++tally.gaps[static_cast<std::size_t>(gap.reason)];
  tally.gaps[static_cast<std::size_t>(GapReason::kClosed)] = invariants_.streams_closed();
  for (const auto& [name, book] : invariants_.books()) tally.chunks_resolved += book.resolved;
  tally.duplicates = collector_.counters().duplicates;
  return tally;
}

std::string replay_command(const Scenario& scenario) {
  return "simulate --seed " + std::to_string(scenario.seed) + " --weather " +
         std::string(name_of(scenario.weather)) + " --hours " +
         std::to_string(to_seconds(scenario.length) / 3600.0);
}

}  // namespace sluice::sim
