#pragma once
// Counts the edges of a line by the time stamps that the kernel gave them: without those of a
// contact that bounces, and with a rate. Pure, bounded, one thread.

#include <cstdint>

#include "core/time.hpp"

namespace sluice::hal {

class EdgeCounter {
 public:
  enum class Counted { kRising, kFalling, kBoth };
  struct Options {
    Counted counted = Counted::kRising;
    // A level counts once it has held for this long. 0: every edge counts as it comes.
    Duration debounce{};
    // The rate is 0 when no edge has come for this long.
    Duration silence = std::chrono::seconds(10);
  };
  explicit EdgeCounter(const Options& options) : options_(options) {}

  // Times are of one clock. Begins, or begins again, with a line of this level; what was counted
  // stays, but no edge is known any more that a rate could be measured from.
  void begin(bool level, Duration now);
  // The next edge. REQUIRES: in the order in which they came.
  void take(bool rising, Duration at);
  // Edges may be missing behind the last one; `level` is what the line is now. False when the count
  // is right all the same, for what is missing did not last as long as `debounce`.
  bool bridge(bool level, Duration now);
  // All edges before `now` have been taken: the level may have held for long enough.
  void settle(Duration now);

  // Without what bounces.
  bool level() const { return level_; }
  std::uint64_t count() const { return count_; }
  // Edges per second since the rate was asked for last, from the last one before to the last one
  // since. Without a new edge it sinks with the time that none has come.
  double rate(Duration now);

 private:
  void settle_before(Duration at);
  void note(bool rising, Duration at);

  const Options options_;
  bool level_ = false;    // that counts
  bool raw_ = false;      // of the last edge
  Duration raw_since_{};  // when that came
  std::uint64_t count_ = 0;

  struct Mark {
    bool known = false;
    Duration at{};
    std::uint64_t count = 0;  // with this edge
  };
  Mark last_;       // counted edge
  Mark reference_;  // the last one when the rate was asked for
  double rate_ = 0.0;
};

}  // namespace sluice::hal
