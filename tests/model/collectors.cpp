// The receiving half: any number of collectors over one store. A transaction is one step, so it
// does not matter which of them takes it.

#include "tests/model/protocol.hpp"

namespace sluice::model {
namespace {

// One chunk in one transaction.
class Arrival {
 public:
  Arrival(const Protocol& protocol, State& state, int key, bool other)
      : protocol_(protocol), state_(state), key_(key), other_(other) {}

  void commit() {
    if (is_settled()) {
      touched_ |= is_event(key_) ? state_.covers_of(key_) : 0;
      refuse();
    } else {
      insert();
    }
  }

  void acknowledge() {
    const bool silent = is_duplicate_ && protocol_.has(Mutation::kSilentAboutDuplicates);
    for (int number = 0; number < kLanes && !silent; ++number) {
      if ((touched_ & keys_of_lane(number)) == 0) continue;
      Snapshots& acks = state_.acks[static_cast<std::size_t>(number)];
      if (!protocol_.bounds.late) acks = 0;
      acks |= Snapshots{1} << snapshot_of(state_.store, number);
    }
    if (protocol_.has(Mutation::kSilentAboutRefused)) return;
    state_.refused_held |= refused_held_;
    state_.refused_resolved |= refused_resolved_;
  }

  // Inserts without looking.
  void insert() {
    Store& store = state_.store;
    if (has(store.own | store.other, key_)) breach_ = Breach::kE1;
    (other_ ? store.other : store.own) |= only(key_);
    store.held |= only(key_);
    if (!is_event(key_)) return;
    const Keys covered = state_.covers_of(key_);
    touched_ |= covered;
    if (protocol_.has(Mutation::kForgetsClosedRun) && (covered & store.held) == covered) {
      store.held &= ~covered;
    } else {
      store.resolved |= protocol_.has(Mutation::kGapOverridesRow) ? covered : covered & ~store.held;
    }
  }

  Breach breach() const { return breach_; }

 private:
  bool is_settled() const {
    const Store& store = state_.store;
    if (protocol_.has(Mutation::kNoDedup)) return false;
    if (protocol_.has(Mutation::kChunkIgnoresGap)) return has(store.held, key_);
    if (protocol_.has(Mutation::kDedupByMaximum)) {
      return (store.settled() & keys_of_lane(lane_of(key_))) >= only(key_);
    }
    return has(store.settled(), key_);
  }

  // The key is taken: by the same bytes, by others, or by a gap.
  void refuse() {
    Store& store = state_.store;
    is_duplicate_ = true;
    if (has(store.resolved, key_) && !other_) refused_resolved_ = only(key_);
    const bool conflict = has(other_ ? store.own : store.other, key_);
    if (!conflict) return;
    if (protocol_.has(Mutation::kOverwrites)) {
      (other_ ? store.own : store.other) &= ~only(key_);
      (other_ ? store.other : store.own) |= only(key_);
    } else if (!other_) {
      state_.quarantined |= only(key_);
      refused_held_ = only(key_);
    }
  }

  const Protocol& protocol_;
  State& state_;
  const int key_;
  const bool other_;
  Keys touched_ = only(key_);
  bool is_duplicate_ = false;
  Keys refused_held_ = 0;
  Keys refused_resolved_ = 0;
  Breach breach_ = Breach::kNone;
};

void arrive(const Protocol& protocol, const State& from, int key, Act act, Moves& moves) {
  State to = from;
  Arrival arrival(protocol, to, key, act == Act::kArriveOther);
  arrival.commit();
  arrival.acknowledge();
  add_move(moves, from, {act, static_cast<std::uint8_t>(key), 0}, to, arrival.breach());
}

// A collector that does two things at once that are one.
void leave_open(const Protocol& protocol, const State& from, int key, Moves& moves) {
  if (has(from.store.settled(), key)) return;
  State to = from;
  to.open_insert |= only(key);
  Breach breach = Breach::kNone;
  if (protocol.has(Mutation::kAckBeforeCommit)) {
    Store soon = from.store;
    soon.own |= only(key);
    soon.held |= only(key);
    to.acks[static_cast<std::size_t>(lane_of(key))] |= Snapshots{1}
                                                       << snapshot_of(soon, lane_of(key));
    breach = Breach::kE4;
  }
  add_move(moves, from, {Act::kArrive, static_cast<std::uint8_t>(key), 0}, to, breach);
}

void answer(const Protocol& protocol, const State& from, Moves& moves) {
  if (from.asked == 0) return;
  State to = from;
  if (!protocol.bounds.late) to.answers = 0;
  to.answers |= Snapshots{1} << snapshot_of(from.store, static_cast<int>(from.asked) - 1);
  add_move(moves, from, {Act::kAnswer}, to);
}

}  // namespace

void collector_moves(const Protocol& protocol, const State& from, Moves& moves) {
  const bool parts =
      protocol.has(Mutation::kAckBeforeCommit) || protocol.has(Mutation::kDedupByMemory);
  for (int key = 0; key < kKeys; ++key) {
    if (has(from.up, key)) {
      arrive(protocol, from, key, Act::kArrive, moves);
      if (parts) leave_open(protocol, from, key, moves);
    }
    if (has(from.up_other, key)) arrive(protocol, from, key, Act::kArriveOther, moves);
    if (has(from.open_insert, key)) {
      State to = from;
      to.open_insert &= ~only(key);
      Arrival arrival(protocol, to, key, false);
      arrival.insert();
      add_move(moves, from, {Act::kCommitLate, static_cast<std::uint8_t>(key), 0}, to,
               arrival.breach());
    }
  }
  answer(protocol, from, moves);
}

}  // namespace sluice::model
