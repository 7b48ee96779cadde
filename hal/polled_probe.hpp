#pragma once
// One probe at work: when it is due, how often it is asked again, and how long to let a source rest
// that is down. Whoever measures it has no clock, so a read takes two calls: measure(), and
// settle() with the time at which it had come back. Worker thread of its bus, but for standing().

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/polled_sensor.hpp"
#include "hal/probe.hpp"
#include "hal/standing.hpp"

namespace sluice::hal {

class PolledProbe {
 public:
  // Reads beyond the first of one round, while there is time left of the limit.
  static constexpr int kRetriesMax = 2;
  // Rounds without a good value, in a row, until a source counts as down. One that is not there at
  // all does at once.
  static constexpr int kFailuresUntilDown = 3;
  // Clean rounds in a row until a source that was degraded counts as up.
  static constexpr int kCleanUntilUp = 3;
  // A source that is down is asked after one period, then after twice as long each time, with no
  // more than this added to the period.
  static constexpr Duration kRestMax = std::chrono::seconds(30);

  struct Options {
    Duration period{};
    Duration limit{};  // of one read, and of a round with its retries; later has timed out
  };
  // `sensor` outlives it. REQUIRES: period > 0, limit > 0.
  PolledProbe(std::unique_ptr<Probe> probe, PolledSensor& sensor, const Options& options);

  // When to measure next; long ago before all else and within a round.
  Instant due() const;
  // Listens to the source; makes it due when it rests and has news. REQUIRES: not
  // unsettled().
  void listen(Instant now);
  // Reads the source, which may take long. REQUIRES: not unsettled().
  void measure(Instant now);
  bool unsettled() const { return outcome_.has_value(); }
  // Judges the read and posts its value, stamped with the time of its measure(), or leaves the
  // round open for another. REQUIRES: unsettled(); `now` is when the read was back.
  void settle(Instant now);

  // Any thread of no higher priority.
  Standing standing() const { return board_.read(); }
  const Options& options() const { return options_; }
  // Any thread; for a test of what the driver says.
  Probe& probe() { return *probe_; }

 private:
  void judge(bool good, bool absent, Instant now);
  void schedule(Instant now);

  const Options options_;
  const std::unique_ptr<Probe> probe_;
  PolledSensor& sensor_;

  bool started_ = false;
  Instant deadline_;  // on the grid of the first
  std::optional<Result<double>> outcome_;
  Instant measured_at_;
  bool in_round_ = false;
  Instant round_began_;
  int reads_ = 0;     // in this round
  int failures_ = 0;  // rounds in a row
  int clean_ = 0;     // rounds in a row, good at the first read
  int rests_ = 0;     // rounds since it is down

  Standing standing_;
  StandingBoard board_;
};

}  // namespace sluice::hal
