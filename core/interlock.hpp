#pragma once
// When an output may follow what is wanted of it: not before it has been on, or off, for its least
// time. A plain value; the real-time thread owns it, nothing here allocates.

#include <optional>

#include "core/time.hpp"

namespace sluice {

class Interlock {
 public:
  struct Options {
    Duration min_on{};   // once on, it stays on for at least this long; 0: no least time
    Duration min_off{};  // the same for off
  };

  // Off, and nothing is known of the time before `since`: a least time off begins there.
  Interlock() = default;
  Interlock(const Options& options, Instant since) : options_(options), since_(since) {}

  // The new state when the output is to be switched now; nothing when it stays as it is. What is
  // wanted and may not be yet is not forgotten: ask again when due().
  std::optional<bool> update(bool wanted, Instant now);

  // When a change that is wanted may be made; Instant::max() when none is.
  Instant due() const;
  bool on() const { return on_; }

  // Goes on where `previous` is: its state and since when, under the own least times.
  void adopt(const Interlock& previous);
  // Off, since `now`.
  void start(Instant now);

 private:
  Duration least() const { return on_ ? options_.min_on : options_.min_off; }

  Options options_;
  Instant since_;
  bool on_ = false;
  bool wanted_ = false;
};

}  // namespace sluice
