#pragma once
// What a replay found, as text: a diff of alerts, and tables of bytes and readings. Pure functions.

#include <optional>
#include <string>
#include <vector>

#include "app/replay.hpp"

namespace sluice::app {

struct ReplayAnswer {
  struct Replayed {
    std::string file;
    ReplayOutcome outcome;
  };
  ReplaySpan span;
  RecordedRuns runs;
  RecordedVolume recorded;
  std::optional<Replayed> against;  // what `replayed` is compared with; else with what happened
  Replayed replayed;
  std::vector<std::string> notes;
};

// Spans of an alert that one of both texts shows; the rest is a number.
inline constexpr std::size_t kSpansShownMax = 20;
inline constexpr std::size_t kSpansInJsonMax = 10'000;

std::string replay_text(const ReplayAnswer& answer);
// One object, with a line end.
std::string replay_json(const ReplayAnswer& answer);

}  // namespace sluice::app
