// The sending half: storage and uplink of the gateway.

#include <bit>

#include "tests/model/hearing.hpp"
#include "tests/model/protocol.hpp"

namespace sluice::model {
namespace {

// The key that the present run gives next; -1 when the bounds allow no more.
int next_key(const State& state, bool event, int most) {
  const Lane of = lane(2 * state.disk.run + (event ? 1 : 0));
  const int count = std::popcount(state.disk.given() & keys_of_lane(2 * state.disk.run + event));
  return count < most ? of.first + count : -1;
}

Breach give(State& state, int key) {
  const bool again = has(state.given, key);
  state.disk.here[static_cast<std::size_t>(key)] = Here::kPending;
  state.given |= only(key);
  return again ? Breach::kE6 : Breach::kNone;
}

Action on(Act act, int key) {
  return {act, static_cast<std::uint8_t>(key), 0};
}

void store(const Protocol& protocol, const State& from, Moves& moves) {
  const Bounds& bounds = protocol.bounds;
  const bool is_later = from.disk.run > 0 && bounds.later >= 0;
  const int key = next_key(from, false, is_later ? bounds.later : bounds.data);
  if (key < 0) return;
  State to = from;
  const Breach breach = give(to, key);
  add_move(moves, from, on(Act::kStore, key), to, breach);
}

void send(const Protocol& protocol, const State& from, int key, Moves& moves) {
  if (protocol.has(Mutation::kLeavesOldRuns) && run_of(key) != from.disk.run) return;
  State to = from;
  const bool again = has(from.sent, key);
  if (again && protocol.has(Mutation::kNeverSendsAgain)) return;
  if (protocol.bounds.window > 0) {
    const bool room = std::popcount(from.flight) < protocol.bounds.window;
    if (again ? !has(from.flight, key) : !room) return;
    to.sent |= only(key);
    to.flight |= only(key);
  }
  to.up |= only(key);
  Breach breach = Breach::kNone;
  if (protocol.has(Mutation::kDeleteOnPuback)) breach = settle(to, key, Here::kGone);
  add_move(moves, from, on(Act::kSend, key), to, breach);
}

void drop(const Protocol& protocol, const State& from, int key, Moves& moves) {
  if (!protocol.bounds.drops) return;
  if (is_event(key) && !protocol.has(Mutation::kDropsGapRecords)) return;
  State to = from;
  const bool silent = protocol.has(Mutation::kDropWithoutGap);
  to.disk.here[static_cast<std::size_t>(key)] = silent ? Here::kGone : Here::kDropped;
  leave_window(to, only(key));
  add_move(moves, from, on(Act::kDrop, key), to);
}

// A gap record is kept until what it declares is settled.
void erase(const Protocol& protocol, const State& from, int key, Moves& moves) {
  const Keys declared = is_event(key) ? from.covers_of(key) & from.disk.in(Here::kDeclared) : 0;
  if (declared != 0 && !protocol.has(Mutation::kErasesGapRecordEarly)) return;
  State to = from;
  to.disk.here[static_cast<std::size_t>(key)] = Here::kGone;
  add_move(moves, from, on(Act::kErase, key), to);
}

// Stores a gap record of `keys`. What still has its bytes may not be declared missing.
void declare(const Protocol& protocol, const State& from, Act act, Keys keys, Moves& moves) {
  const int record = next_key(from, true, events_of(protocol.bounds, from.disk.run));
  if (record < 0) return;
  State to = from;
  Breach breach = give(to, record);
  to.covers_of(record) = keys;
  if ((keys & (from.disk.in(Here::kPending) | from.disk.in(Here::kKept))) != 0)
    breach = Breach::kE8;
  for (int key = 0; key < kKeys; ++key) {
    if (!has(keys & from.disk.in(Here::kDropped), key)) continue;
    to.disk.here[static_cast<std::size_t>(key)] = Here::kDeclared;
    if (protocol.has(Mutation::kForgetsDroppedChecksum)) breach = settle(to, key, Here::kResolved);
  }
  add_move(moves, from, on(act, record), to, breach);
}

// An old run of which everything is settled and nothing kept is closed by a gap record of all its
// keys: it resolves nothing, unless the collector has lost what it had acknowledged.
void close(const Protocol& protocol, const State& from, int run, Moves& moves) {
  const Keys keys = from.disk.given() & keys_of_run(run);
  const bool closes = from.disk.closing[static_cast<std::size_t>(run)] != 0;
  if (keys == 0 || closes || (keys & from.disk.closed) != 0) return;
  const Keys over = from.disk.in(Here::kGone) | from.disk.in(Here::kResolved);
  if ((keys & ~over) != 0 && !protocol.has(Mutation::kClosesUndeliveredRun)) return;
  const std::size_t before = moves.size();
  declare(protocol, from, Act::kClose, keys, moves);
  for (std::size_t i = before; i < moves.size(); ++i) {
    Disk& disk = moves[i].to.disk;
    disk.closing[static_cast<std::size_t>(run)] =
        static_cast<std::uint8_t>(moves[i].action.key + 1);
    disk.confirmed &= ~keys;
    if (protocol.has(Mutation::kForgetsBeforeItIsHeard)) disk.closed |= keys;
  }
}

// Once the collector has the record, and has said after that that it has the run. If a gap has
// settled the record, or something of the run has been lost since, it has to be closed anew.
void forget(const Protocol& protocol, const State& from, int run, Moves& moves) {
  const std::uint8_t closing = from.disk.closing[static_cast<std::size_t>(run)];
  const Keys keys = from.disk.given() & keys_of_run(run);
  if (closing == 0 || (keys & from.disk.closed) != 0) return;
  const Keys over = from.disk.in(Here::kGone) | from.disk.in(Here::kResolved);
  const Here record = from.disk.here[static_cast<std::size_t>(closing - 1)];
  const bool confirmed =
      (keys & ~from.disk.confirmed) == 0 || protocol.has(Mutation::kForgetsUnconfirmed);
  State to = from;
  if ((keys & ~over) != 0 || record == Here::kResolved) {
    to.disk.closing[static_cast<std::size_t>(run)] = 0;
  } else if (from.disk.is_closing_heard(run) && confirmed) {
    to.disk.closed |= keys;
    // What is answered about it is not listened to.
    if (to.asked != 0 && (to.asked - 1) / 2 == static_cast<std::uint32_t>(run)) void_question(to);
  }
  add_move(moves, from, on(Act::kForget, lane(2 * run).first), to);
}

// What was dropped or is lost; and whatever the collector has lost, it may have lost some of the
// closed runs too. One record for both, so that fewer keys are needed.
void declare(const Protocol& protocol, const State& from, Moves& moves) {
  const Keys due = protocol.has(Mutation::kNeverClosesAgain) ? 0 : from.disk.due;
  const Keys keys = from.disk.in(Here::kDropped) | due;
  const std::size_t before = moves.size();
  if (keys != 0) declare(protocol, from, Act::kDeclare, keys, moves);
  for (std::size_t i = before; i < moves.size(); ++i) moves[i].to.disk.due &= ~due;
}

// What does the collector have of a lane? One question at a time; a lost one is forgotten.
void ask(const Protocol& protocol, const State& from, int number, Moves& moves) {
  const Keys known = from.disk.given() & ~from.disk.closed & keys_of_lane(number);
  if (from.asked != 0 || known == 0) return;
  State to = from;
  to.asked = static_cast<std::uint32_t>(number + 1);
  to.suspects = from.disk.settled() & known;
  if (from.disk.is_closing_heard(number / 2)) to.set(kAskedLast);
  if (protocol.has(Mutation::kForgetsSettledKeys)) to.suspects &= from.disk.in(Here::kKept);
  add_move(moves, from, on(Act::kAsk, number), to);
}

}  // namespace

void gateway_moves(const Protocol& protocol, const State& from, Moves& moves) {
  store(protocol, from, moves);
  for (int key = 0; key < kKeys; ++key) {
    const Here here = from.disk.here[static_cast<std::size_t>(key)];
    if (here == Here::kPending) {
      send(protocol, from, key, moves);
      drop(protocol, from, key, moves);
    }
    if (here == Here::kKept) erase(protocol, from, key, moves);
  }
  declare(protocol, from, moves);
  for (int run = 0; protocol.bounds.closes && run < from.disk.run; ++run) {
    close(protocol, from, run, moves);
    forget(protocol, from, run, moves);
  }
  for (int number = 0; protocol.bounds.questions && number < kLanes; ++number) {
    ask(protocol, from, number, moves);
  }
  const bool idle = from.flight == 0 && (from.sent & from.disk.in(Here::kPending)) != 0;
  if (idle && !protocol.has(Mutation::kNeverRewinds)) {
    State to = from;
    to.sent = 0;
    add_move(moves, from, on(Act::kRewind, 0), to);
  }
  hearing_moves(protocol, from, moves);
}

}  // namespace sluice::model
