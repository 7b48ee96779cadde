#pragma once
// What the gateway asks the collector: which of these keys of a run and stream it has. Only the
// answer to a question proves that the collector has lost something: everything else it says may be
// older than what it has said before. Pure functions, any thread.

#include <cstdint>
#include <vector>

#include "core/ack.hpp"
#include "core/chunk.hpp"
#include "core/interval_set.hpp"

namespace sluice {

struct Question {
  std::uint64_t number = 0;  // no other question of any gateway's has it, as good as
  RunId run;
  Stream stream = Stream::kRaw;
  // The keys that it is about. Once the whole stream has been asked for, `last` is the last key
  // that was given: what lies behind it the gateway does not remember.
  std::uint64_t first = 1;
  std::uint64_t last = 0;
  // Those of them that are not settled at the gateway: ascending, disjoint. The answer's intervals
  // end at their borders, so that no sum mixes what is settled with what is not.
  std::vector<Interval> unsettled;
  // Not on the wire: the run is closed, the collector has the record of it, and with the answer it
  // may be forgotten.
  bool is_last = false;
  bool operator==(const Question&) const = default;
};

// An answer, with the question it answers.
struct Answered {
  Question question;
  Ack ack;
};

// What was settled when the question was asked and the collector does not have any more, ascending.
std::vector<Interval> lost_by(const Answered& answered);

// `whole` cut at the borders of `ranges`, which are ascending and disjoint; with check 0.
std::vector<Interval> cut_at(const Interval& whole, const std::vector<Interval>& ranges);

}  // namespace sluice
