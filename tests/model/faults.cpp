// What goes wrong. Loss, repetition, delay and reordering of messages are not here: every message
// may arrive at any time, any number of times, or never.

#include "tests/model/hearing.hpp"
#include "tests/model/protocol.hpp"

namespace sluice::model {
namespace {

// The gateway starts with `disk`: what it had in memory is gone, its run is new.
void start(const Protocol& protocol, State& state, const Disk& disk) {
  const auto next = static_cast<std::uint8_t>(state.disk.run + 1);
  state.disk = disk;
  if (!protocol.has(Mutation::kRunAgainAfterRestart)) state.disk.run = next;
  void_question(state);
  state.sent = 0;
  state.flight = 0;
}

// The disk is replaced by `disk`: what nobody else has had is destroyed.
void replace(const Protocol& protocol, State& state, const Disk& disk) {
  state.destroyed |= state.disk.given() & ~disk.given() & ~state.store.settled();
  start(protocol, state, disk);
}

void gateway_faults(const Protocol& protocol, const State& from, Moves& moves) {
  const Bounds& bounds = protocol.bounds;
  if (bounds.image && !from.is(kImageTaken)) {
    State to = from;
    to.image = from.disk;
    to.set(kImageTaken);
    add_move(moves, from, {Act::kTakeImage}, to);
  }
  if (from.disk.run + 1 >= bounds.runs) return;
  State restarted = from;
  start(protocol, restarted, from.disk);
  add_move(moves, from, {Act::kRestart}, restarted);
  if (from.is(kImageTaken) && !from.is(kRolledBack)) {
    State to = from;
    to.set(kRolledBack);
    replace(protocol, to, from.image);
    add_move(moves, from, {Act::kRollBack}, to);
  }
  if (bounds.reinstall && !from.is(kReinstalled)) {
    State to = from;
    to.set(kReinstalled);
    replace(protocol, to, Disk{});
    add_move(moves, from, {Act::kReinstall}, to);
  }
}

void store_faults(const Protocol& protocol, const State& from, Moves& moves) {
  if (!protocol.bounds.restore) return;
  State to = from;
  if (!from.is(kBackupTaken)) {
    to.backup = from.store;
    to.set(kBackupTaken);
    add_move(moves, from, {Act::kTakeBackup}, to);
  } else if (!from.is(kRestored)) {
    to.lost |= from.store.settled() & ~from.backup.settled();
    to.store = from.backup;
    to.open_insert = 0;
    if (!protocol.bounds.late) to.up = 0;
    to.set(kRestored);
    add_move(moves, from, {Act::kRestore}, to);
  }
}

}  // namespace

void fault_moves(const Protocol& protocol, const State& from, Moves& moves) {
  gateway_faults(protocol, from, moves);
  store_faults(protocol, from, moves);
  if (protocol.bounds.broker_restart && !from.is(kBrokerRestarted)) {
    State to = from;
    to.acks = {};
    void_question(to);
    to.up = 0;
    to.up_other = 0;
    to.refused_held = 0;
    to.refused_resolved = 0;
    to.set(kBrokerRestarted);
    add_move(moves, from, {Act::kBrokerRestart}, to);
  }
  if (protocol.bounds.twin && !from.is(kTwinSeen)) {
    for (int key = 0; key < protocol.bounds.data; ++key) {
      State to = from;
      to.up_other |= only(key);
      to.set(kTwinSeen);
      add_move(moves, from, {Act::kTwinSends, static_cast<std::uint8_t>(key), 0}, to);
    }
  }
}

}  // namespace sluice::model
