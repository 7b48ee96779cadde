#include "tests/model/hearing.hpp"

namespace sluice::model {
namespace {

Here& here_of(State& state, int key) {
  return state.disk.here[static_cast<std::size_t>(key)];
}

bool is_held(Said said) {
  return said == Said::kHeld || said == Said::kHeldOther;
}

// One acknowledgement of one lane, as the gateway judges it.
class Hearing {
 public:
  Hearing(const Protocol& protocol, State& state, int lane_number, Snapshot snapshot)
      : protocol_(protocol), state_(state), lane_(lane(lane_number)), snapshot_(snapshot) {}

  // Interval by interval.
  void acknowledgement() {
    leave_window(state_, covered());
    intervals([this](int first, int last) { return believes_held(first, last); });
    if (protocol_.has(Mutation::kBelievesStaleShrinkage)) shrink(state_.disk.settled());
  }

  // It comes cut where the question said, between what is settled here and what is not.
  void answer() {
    leave_window(state_, covered());
    if (protocol_.has(Mutation::kAnswersUncut)) {
      intervals([this](int first, int last) { return believes_held(first, last); });
    } else {
      settled_here_ = state_.disk.settled() | state_.disk.in(Here::kNone);
      intervals([this](int first, int last) { return fits(first, last); });
    }
    const Keys suspects = state_.suspects;
    if (!protocol_.has(Mutation::kIgnoresShrinkingAck)) shrink(suspects);
    if (!protocol_.has(Mutation::kIgnoresMaskedLoss)) unmask(suspects);
    if (state_.is(kAskedLast) && !lost_) state_.disk.confirmed |= suspects;
    void_question(state_);
  }

  Breach breach() const { return breach_; }

 private:
  Said said(int key) const { return said_of(snapshot_, key - lane_.first); }
  int end() const { return lane_.first + lane_.size; }

  Keys covered() const {
    Keys keys = 0;
    for (int key = lane_.first; key < end(); ++key) {
      if (said(key) != Said::kNothing) keys |= only(key);
    }
    return keys;
  }

  // Settles each interval that is believed.
  template <typename Believes>
  void intervals(Believes believes) {
    for (int first = lane_.first; first < end();) {
      int last = first;
      while (last + 1 < end() && joins(last, last + 1)) ++last;
      if (is_held(said(first)) && !has(settled_here_, first) && believes(first, last)) {
        for (int key = first; key <= last; ++key) hold(key);
      }
      if (said(first) == Said::kResolved && believes_resolved(first, last)) {
        for (int key = first; key <= last; ++key) resolve(key);
      }
      first = last + 1;
    }
  }

  bool joins(int key, int next) const {
    const bool same = is_held(said(key)) ? is_held(said(next)) : said(key) == said(next);
    return same && has(settled_here_, key) == has(settled_here_, next);
  }

  // The sum of its chunks' checksums is as the gateway knows them.
  bool fits(int first, int last) const {
    for (int key = first; key <= last; ++key) {
      if (here(key) == Here::kNone) return false;
      const Said known = has(state_.disk.foreign, key) ? Said::kHeldOther : Said::kHeld;
      if (said(key) != known && !protocol_.has(Mutation::kAckWithoutCheck)) return false;
    }
    return true;
  }

  // Of what is erased only the sum of each interval is left, so that none may be cut.
  bool believes_held(int first, int last) const {
    return fits(first, last) && !cuts(first - 1, first) && !cuts(last, last + 1);
  }
  bool cuts(int key, int next) const {
    if (key < lane_.first || next >= end() || here(key) != here(next)) return false;
    return here(key) == Here::kGone || here(key) == Here::kResolved;
  }

  bool believes_resolved(int first, int last) const {
    const Keys known = state_.disk.settled() | state_.disk.in(Here::kDeclared);
    for (int key = first; key <= last; ++key) {
      if (!has(known, key)) return false;
    }
    return true;
  }

  void hold(int key) {
    if (has(state_.disk.settled(), key)) return;
    const bool keeps = protocol_.bounds.grace && here(key) == Here::kPending;
    note(settle(state_, key, keeps ? Here::kKept : Here::kGone));
  }
  void resolve(int key) {
    if (here(key) == Here::kDeclared) note(settle(state_, key, Here::kResolved));
  }

  // What was settled before the collector was asked and is not any more, it has lost.
  void shrink(Keys suspects) {
    for (int key = lane_.first; key < end(); ++key) {
      if (!has(suspects & state_.disk.settled(), key) || said(key) != Said::kNothing) continue;
      const bool kept = here(key) == Here::kKept;
      here_of(state_, key) = kept ? Here::kPending : Here::kDropped;
      state_.disk.foreign &= ~only(key);
      leave_window(state_, only(key));
      note_lost(key);
    }
  }

  // What was settled as held and is resolved by a gap now was lost in between.
  void unmask(Keys suspects) {
    for (int key = lane_.first; key < end(); ++key) {
      const bool held = here(key) == Here::kKept || here(key) == Here::kGone;
      if (!has(suspects, key) || !held || said(key) != Said::kResolved) continue;
      here_of(state_, key) = Here::kResolved;
      state_.disk.foreign &= ~only(key);
      note_lost(key);
    }
  }

  // Whatever the collector has lost, it may have lost what closed a run too.
  void note_lost(int key) {
    lost_ = true;
    state_.disk.due = state_.disk.closed;
    state_.disk.confirmed = 0;
    if (!has(state_.lost, key)) note(Breach::kE8);
  }

  Here here(int key) const { return state_.disk.here[static_cast<std::size_t>(key)]; }
  void note(Breach breach) {
    if (breach != Breach::kNone) breach_ = breach;
  }

  const Protocol& protocol_;
  State& state_;
  const Lane lane_;
  const Snapshot snapshot_;
  Keys settled_here_ = 0;  // where an answer is cut
  bool lost_ = false;
  Breach breach_ = Breach::kNone;
};

void hear(const Protocol& protocol, const State& from, Act act, int number, Moves& moves) {
  const Snapshots snapshots =
      act == Act::kHearAck ? from.acks[static_cast<std::size_t>(number)] : from.answers;
  const bool wrong = protocol.has(Mutation::kAckWithoutRun);
  const int applied_to = wrong ? 2 * from.disk.run + number % 2 : number;
  if ((from.disk.closed & keys_of_lane(number)) != 0) return;  // of a run that is not known
  for (Snapshot snapshot = 0; snapshot < kSnapshots; ++snapshot) {
    if ((snapshots >> snapshot & 1) == 0) continue;
    State to = from;
    Hearing hearing(protocol, to, applied_to, snapshot);
    if (act == Act::kHearAck) hearing.acknowledgement();
    if (act == Act::kHearAnswer) hearing.answer();
    const Action action{act, static_cast<std::uint8_t>(number),
                        static_cast<std::uint8_t>(snapshot)};
    add_move(moves, from, action, to, hearing.breach());
  }
}

void hear_refused(const State& from, int key, Act act, Moves& moves) {
  if (has(from.disk.settled() | from.disk.in(Here::kNone), key)) return;
  State to = from;
  const bool held = act == Act::kHearRefusedHeld;
  const Breach breach = settle(to, key, held ? Here::kGone : Here::kResolved);
  if (held) to.disk.foreign |= only(key);
  leave_window(to, only(key));
  add_move(moves, from, {act, static_cast<std::uint8_t>(key), 0}, to, breach);
}

}  // namespace

Breach settle(State& state, int key, Here status) {
  here_of(state, key) = status;
  const Keys safe = state.store.own | state.store.resolved | state.quarantined | state.lost;
  return has(safe, key) ? Breach::kNone : Breach::kE5;
}

void leave_window(State& state, Keys keys) {
  state.flight &= ~keys;
}

void void_question(State& state) {
  state.answers = 0;
  state.asked = 0;
  state.suspects = 0;
  state.clear(kAskedLast);
}

void hearing_moves(const Protocol& protocol, const State& from, Moves& moves) {
  for (int number = 0; number < kLanes; ++number) {
    hear(protocol, from, Act::kHearAck, number, moves);
  }
  if (from.asked != 0) {
    hear(protocol, from, Act::kHearAnswer, static_cast<int>(from.asked) - 1, moves);
  }
  for (int key = 0; key < kKeys; ++key) {
    if (has(from.refused_held, key)) hear_refused(from, key, Act::kHearRefusedHeld, moves);
    if (has(from.refused_resolved, key)) hear_refused(from, key, Act::kHearRefusedResolved, moves);
  }
}

}  // namespace sluice::model
