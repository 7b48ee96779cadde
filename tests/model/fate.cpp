#include "tests/model/fate.hpp"

#include "core/check.hpp"
#include "tests/model/checker.hpp"

namespace sluice::model {
namespace {

constexpr std::size_t kStatesMax = 1'000'000;

Fate fate_of(const State& state, int key) {
  Fate fate{state.disk.here[static_cast<std::size_t>(key)], There::kNothing, false};
  if (has(state.store.held, key)) fate.there = There::kHeld;
  if (has(state.store.resolved, key)) fate.there = There::kResolved;
  fate.lost = has(state.lost, key);
  return fate;
}

// A disk or a store was replaced.
bool is_replacement(const State& from, const State& to) {
  constexpr std::uint32_t kReplaced = kRolledBack | kReinstalled | kRestored;
  return ((to.flags & ~from.flags) & kReplaced) != 0;
}

}  // namespace

Fates::Fates(std::initializer_list<Bounds> all) {
  for (const Bounds& bounds : all) {
    const Verdict verdict =
        check({bounds}, kStatesMax, [this](const State& from, const State& to) { note(from, to); });
    CHECK(verdict.breach == Breach::kNone && !verdict.cut_short);
  }
  join_steps();
}

void Fates::note(const State& from, const State& to) {
  if (is_replacement(from, to)) return;
  for (int key = 0; key < kKeys; ++key) {
    const Fate before = fate_of(from, key);
    const Fate after = fate_of(to, key);
    if (before.there == after.there)
      gateway_[before.lost][at(before.there)][at(before.here)][at(after.here)] = true;
    if (before.here == after.here) {
      collector_[before.lost][at(before.here)][at(before.there)][at(after.there)] = true;
    }
  }
}

// Warshall's closure.
void Fates::join_steps() {
  for (auto& by_there : gateway_) {
    for (GatewaySteps& steps : by_there) {
      for (std::size_t via = 0; via < kHeres; ++via) {
        for (std::size_t from = 0; from < kHeres; ++from) {
          for (std::size_t to = 0; to < kHeres; ++to) {
            steps[from][to] = steps[from][to] || (steps[from][via] && steps[via][to]);
          }
        }
      }
    }
  }
}

bool Fates::gateway_may(const Fate& from, Here to) const {
  return gateway_[from.lost][at(from.there)][at(from.here)][at(to)];
}

bool Fates::collector_may(const Fate& from, There to) const {
  return collector_[from.lost][at(from.here)][at(from.there)][at(to)];
}

std::string text_of(const Fate& fate) {
  constexpr const char* kHere[] = {"never given", "pending",  "kept",    "gone",
                                   "dropped",     "declared", "resolved"};
  constexpr const char* kThere[] = {"unknown", "held", "resolved"};
  return std::string(kHere[static_cast<std::size_t>(fate.here)]) + " at the gateway and " +
         kThere[static_cast<std::size_t>(fate.there)] + " at the collector" +
         (fate.lost ? ", which had lost it once" : "");
}

}  // namespace sluice::model
