#include "tests/model/protocol.hpp"

#include <bit>

namespace sluice::model {
namespace {

// Not settled on both sides.
Keys amiss(const State& state) {
  const Keys there = state.store.own | state.store.resolved | state.quarantined;
  return state.disk.given() & ~(state.disk.settled() & there);
}

// Settled on one side only.
Keys differing(const State& state) {
  const Keys there = state.store.settled();
  return state.disk.given() & (state.disk.settled() ^ there);
}

// Of a run that is closed and not forgotten yet.
Keys to_confirm(const State& from) {
  Keys keys = 0;
  for (int run = 0; run < kRunsMax; ++run) {
    if (from.disk.is_closing_heard(run)) keys |= from.disk.given() & keys_of_run(run);
  }
  return keys & ~from.disk.confirmed & ~from.disk.closed;
}

// Lower goes first; negative: not a step that has to be taken.
int urgency(const State& from, const Action& action) {
  switch (action.act) {
    // Only what is true now: a broker that works delivers it last.
    case Act::kHearRefusedHeld:
      return has(from.store.other, action.key) ? 0 : -1;
    case Act::kHearRefusedResolved:
      return has(from.store.resolved, action.key) ? 0 : -1;
    case Act::kHearAck:
    case Act::kHearAnswer:
      return action.snapshot == snapshot_of(from.store, action.key) ? 1 : -1;
    case Act::kArrive:
      // What nobody sends any more need not be under way any more.
      return has(from.disk.in(Here::kPending), action.key) ? 2 : -1;
    case Act::kDeclare:
      return 3;
    case Act::kSend:
      return 4;
    case Act::kAnswer:
      return 5;
    case Act::kAsk:
      // Every lane has its turn; those of which both sides think the same may be left out.
      return ((differing(from) & ~from.disk.closed) | to_confirm(from)) & keys_of_lane(action.key)
                 ? 6
                 : -1;
    case Act::kRewind:
      return 7;
    default:
      return -1;
  }
}

std::string snapshot_text(const Action& action) {
  constexpr const char* kNames[] = {" nothing", " held", " held with other bytes", " resolved"};
  const Lane of = lane(action.key);
  std::string text;
  for (int place = 0; place < of.size; ++place) {
    const auto said = static_cast<std::size_t>(said_of(action.snapshot, place));
    if (said != 0) text += (text.empty() ? "" : ", ") + key_text(of.first + place) + kNames[said];
  }
  return text.empty() ? "nothing of " + key_text(of.first) + " ..." : text;
}

}  // namespace

void add_move(Moves& moves, const State& from, const Action& action, const State& to,
              Breach breach) {
  if (breach != Breach::kNone || !(to == from)) moves.push_back({action, to, breach});
}

int events_of(const Bounds& bounds, int run) {
  return run + 1 < bounds.runs && bounds.early >= 0 ? bounds.early : bounds.events;
}

Breach breach_of(const State& state) {
  const Store& store = state.store;
  if (store.held != (store.own | store.other) || (store.held & store.resolved) != 0) {
    return Breach::kE3;
  }
  const Disk& disk = state.disk;
  const Keys at_gateway = disk.in(Here::kPending) | disk.in(Here::kKept) | disk.in(Here::kDropped) |
                          disk.in(Here::kDeclared);
  const Keys at_collector = store.own | store.resolved | state.quarantined;
  const Keys excused = state.destroyed | state.lost;
  return (state.given & ~at_gateway & ~at_collector & ~excused) == 0 ? Breach::kNone : Breach::kE2;
}

bool is_complete(const Protocol& protocol, const State& state) {
  const Disk& disk = state.disk;
  const Keys events = disk.given() & keys_of_lane(2 * disk.run + 1);
  const Keys due = protocol.has(Mutation::kNeverClosesAgain) ? 0 : disk.due;
  const bool out_of_bounds = (disk.in(Here::kDropped) | due) != 0 &&
                             std::popcount(events) >= events_of(protocol.bounds, disk.run);
  return out_of_bounds || amiss(state) == 0;
}

const Move* fair_move(const State& from, const Moves& moves) {
  const Move* best = nullptr;
  int best_urgency = 0;
  for (const Move& move : moves) {
    const int urgent = urgency(from, move.action);
    if (urgent < 0 || (best != nullptr && urgent >= best_urgency)) continue;
    best = &move;
    best_urgency = urgent;
  }
  return best;
}

std::string text_of(const Action& action) {
  const std::string key = key_text(action.key);
  switch (action.act) {
    case Act::kStore:
      return "gateway stores " + key;
    case Act::kSend:
      return "gateway sends " + key;
    case Act::kDrop:
      return "gateway drops " + key;
    case Act::kErase:
      return "gateway erases " + key + " from the grace area";
    case Act::kDeclare:
      return "gateway declares what is missing by " + key;
    case Act::kClose:
      return "gateway closes an old run by " + key;
    case Act::kForget:
      return "gateway forgets the closed run of " + key;
    case Act::kHearAck:
      return "gateway hears: " + snapshot_text(action);
    case Act::kHearAnswer:
      return "gateway is answered: " + snapshot_text(action);
    case Act::kHearRefusedHeld:
      return "gateway hears that " + key + " is taken by other bytes";
    case Act::kHearRefusedResolved:
      return "gateway hears that " + key + " is resolved by a gap";
    case Act::kAsk:
      return "gateway asks what the collector has";
    case Act::kRewind:
      return "gateway looks from the start again";
    case Act::kRestart:
      return "gateway restarts";
    case Act::kTakeImage:
      return "a copy of the gateway's disk is made";
    case Act::kRollBack:
      return "gateway starts from the old copy of its disk";
    case Act::kReinstall:
      return "gateway starts with an empty disk";
    case Act::kBrokerRestart:
      return "the broker forgets everything";
    case Act::kArrive:
      return "collector takes " + key;
    case Act::kArriveOther:
      return "collector takes other bytes under " + key;
    case Act::kCommitLate:
      return "collector commits " + key;
    case Act::kAnswer:
      return "collector answers";
    case Act::kTwinSends:
      return "a twin of the gateway sends other bytes under " + key;
    case Act::kTakeBackup:
      return "a backup of the store is made";
    case Act::kRestore:
      return "the store is restored from its backup";
  }
  return {};
}

}  // namespace sluice::model
