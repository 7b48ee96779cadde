#include "tests/model/checker.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "tests/model/seen.hpp"

namespace sluice::model {
namespace {

class Search {
 public:
  Search(const Protocol& protocol, const Watch& watch) : protocol_(protocol), watch_(watch) {}

  Verdict run(std::size_t states_max) {
    Verdict verdict;
    add(State{}, Seen::kNone, {});
    while (!next_.empty() && !breach_ && seen_.size() <= states_max) {
      std::swap(level_, next_);
      next_.clear();
      for (const Waiting& waiting : level_) {
        if (!breach_) expand(waiting);
      }
    }
    verdict.cut_short = !next_.empty() && !breach_;
    if (!verdict.cut_short && !breach_) look_for_dead_ends();
    verdict.states = seen_.size();
    if (breach_) {
      verdict.breach = breach_->what;
      verdict.trace = trace();
    }
    return verdict;
  }

 private:
  struct Waiting {
    Seen::Number number = 0;
    State state;
  };
  struct Found {
    Breach what = Breach::kNone;
    Seen::Number at = 0;         // the last state of the way there
    std::optional<Action> last;  // a step from it
  };

  Seen::Number add(const State& state, Seen::Number parent, const Action& action) {
    const auto [number, is_new] = seen_.insert(state, parent, action);
    if (!is_new) return number;
    next_.push_back({number, state});
    if (const Breach breach = breach_of(state); breach != Breach::kNone) {
      breach_ = Found{breach, number, std::nullopt};
    }
    return number;
  }

  void moves_from(const State& state) {
    moves_.clear();
    gateway_moves(protocol_, state, moves_);
    collector_moves(protocol_, state, moves_);
    fault_moves(protocol_, state, moves_);
  }

  void expand(const Waiting& waiting) {
    const auto& [number, state] = waiting;
    moves_from(state);
    const bool complete = is_complete(protocol_, state);
    seen_.at(number).complete = complete;
    const Move* const fair = complete ? nullptr : fair_move(state, moves_);
    for (const Move& move : moves_) {
      if (move.breach != Breach::kNone) {
        breach_ = Found{move.breach, number, move.action};
        return;
      }
      if (watch_) watch_(state, move.to);
      const Seen::Number next = add(move.to, number, move.action);
      if (&move == fair) seen_.at(number).fair = next;
      if (breach_) return;
    }
  }

  // Follows the fair schedule from every state; each state is passed once.
  void look_for_dead_ends() {
    std::vector<Seen::Number> met(seen_.size(), Seen::kNone);  // on the way from which state
    for (Seen::Number first = 0; first < seen_.size(); ++first) {
      Seen::Number at = first;
      while (!seen_.at(at).complete && met[at] == Seen::kNone) {
        met[at] = first;
        if (seen_.at(at).fair == Seen::kNone) break;
        at = seen_.at(at).fair;
      }
      const bool stuck = !seen_.at(at).complete && met[at] == first;
      if (stuck) {
        breach_ = Found{Breach::kE7, first, std::nullopt};
        return;
      }
    }
  }

  // Goes the way again, from the first state.
  std::string trace() {
    std::vector<Action> way;
    for (Seen::Number at = breach_->at; seen_.at(at).parent != Seen::kNone;) {
      way.push_back(seen_.at(at).action);
      at = seen_.at(at).parent;
    }
    std::reverse(way.begin(), way.end());
    if (breach_->last) way.push_back(*breach_->last);
    State state;
    std::string text;
    for (const Action& action : way) {
      moves_from(state);
      const auto move = std::find_if(moves_.begin(), moves_.end(), [&](const Move& candidate) {
        const Action& other = candidate.action;
        return other.act == action.act && other.key == action.key &&
               other.snapshot == action.snapshot;
      });
      if (move == moves_.end()) break;
      state = State(move->to);
      text += "  " + text_of(action) + "\n      " + text_of(state) + "\n";
    }
    return text + "  " + text_of(breach_->what) + "\n";
  }

  const Protocol protocol_;
  const Watch& watch_;
  Seen seen_;
  // As many steps from the beginning, and one more.
  std::vector<Waiting> level_;
  std::vector<Waiting> next_;
  Moves moves_;
  std::optional<Found> breach_;
};

}  // namespace

Verdict check(const Protocol& protocol, std::size_t states_max, const Watch& watch) {
  return Search(protocol, watch).run(states_max);
}

std::string text_of(Breach breach) {
  switch (breach) {
    case Breach::kNone:
      return "nothing is broken";
    case Breach::kE1:
      return "E1: a key is twice in the collectors' store";
    case Breach::kE2:
      return "E2: what was durable is neither at the gateway nor at the collector nor in a gap";
    case Breach::kE3:
      return "E3: the interval set is not the rows and what gaps resolved";
    case Breach::kE4:
      return "E4: an acknowledgement covers what is not committed";
    case Breach::kE5:
      return "E5: the gateway lets go of what no matching acknowledgement covered";
    case Breach::kE6:
      return "E6: a key is given a second time";
    case Breach::kE7:
      return "E7: without any more faults, not everything durable arrives";
    case Breach::kE8:
      return "E8: a gap declares what is not missing";
  }
  return {};
}

}  // namespace sluice::model
