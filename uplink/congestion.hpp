#pragma once
// How many bytes may be under way, and in how large pieces, learnt from when acknowledgements come.
// Round by round the rate is measured; the window is what that rate carries in the time of the bare
// path and one second more. So any link is filled, from a modem to Ethernet, and an alert that
// comes next waits a second or two. The time of the path is a mean over several answers, taken
// while no queue of ours is on it: at the start, when little is sent, and once a minute with a
// smaller window. Single-threaded; time is an argument.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace sluice::uplink {

class CongestionControl {
 public:
  struct Limits {
    std::size_t batch_bytes_min = 512;
    std::size_t batch_bytes_max = 64 * 1024;
    std::size_t batches_max = 8;
  };
  // Before the link has answered: two seconds of 9,600 bit/s.
  static constexpr std::size_t kFirstWindow = 2 * 1024;
  // What may be spent in queues.
  static constexpr Duration kQueueTime = std::chrono::seconds(1);
  // The path is measured anew so often.
  static constexpr Duration kPathLife = std::chrono::minutes(1);
  // Answers in one measurement: what a single one takes says little where they vary.
  static constexpr std::size_t kAnswers = 8;

  // Of a batch under way: what was known when it was sent.
  struct Flight {
    std::size_t bytes = 0;
    Instant sent;
    std::uint64_t round = 0;
    bool idle = false;  // nothing more waited then: the window was not what held it up
  };

  explicit CongestionControl(const Limits& limits) : limits_(limits) {}

  // A new link, of which nothing is known but its limits.
  void reset(const Limits& limits) { *this = CongestionControl(limits); }

  // About how many bytes the next batch should have; 0 when nothing more should be under way now.
  std::size_t allowance() const;
  // REQUIRES: acknowledged, lost or forgotten in the end.
  Flight sent(std::size_t bytes, Instant now);
  // Nothing waits to be sent, though more could be under way.
  void ran_dry() { idle_ = true; }
  void acknowledged(const Flight& flight, Instant now);
  // No answer came in time: begins small again.
  void lost(const Flight& flight);
  // The broker has no room: the same, and what is under way still is.
  void shrink();
  // Nothing is known of what became of it.
  void forget(const Flight& flight) { land(flight); }

  std::size_t window() const { return window_; }
  std::size_t bytes_in_flight() const { return in_flight_bytes_; }
  // Bytes a second that were answered in the last round that filled the window; 0: not known.
  double rate() const { return rate_; }

 private:
  // A window takes effect when the first batch that was sent under it is answered; measuring begins
  // then.
  enum class Phase { kSettling, kMeasuring };
  struct Measurement {
    Instant began;
    std::size_t answers = 0;
    std::size_t bytes = 0;
    Duration waited{};  // for all answers together
    bool idle = false;
  };

  void settle();
  void measure(Instant now);
  void conclude(Instant now);
  void set_window(double bytes);
  void land(const Flight& flight);

  Limits limits_;
  std::size_t window_ = kFirstWindow;
  std::size_t in_flight_bytes_ = 0;
  std::size_t in_flight_batches_ = 0;
  bool idle_ = false;
  Phase phase_ = Phase::kSettling;
  std::uint64_t round_ = 0;
  Measurement measured_;
  double rate_ = 0.0;
  std::optional<Duration> path_;
  Instant path_measured_;
  bool draining_ = false;  // the window is small for the path to be measured
};

}  // namespace sluice::uplink
