#pragma once
// How far event time has come: the reading to come next is expected to be of that time or later.
// It is what lets a window of readings with stamps of their own be called complete.

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/time.hpp"

namespace sluice {

// Times are nanoseconds of one axis, since boot or since 1970; `now` is of the same one. A plain
// value; never goes back.
class Watermark {
 public:
  struct Options {
    // How far behind the newest one a reading may be and still be in time.
    Duration disorder{};
    // A stamp may be that far ahead of the gateway's own clock.
    Duration ahead = std::chrono::seconds(5);
    // Without a reading for so long, time goes on all the same: a sensor that says nothing must not
    // keep its windows open. From the channel's schedule; several of its periods.
    Duration idle_after = std::chrono::minutes(1);
  };
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

  explicit Watermark(const Options& options) : options_(options) {}

  // The time under which the reading counts. A stamp from the future is taken for now, and is
  // flagged (`clamped`): otherwise one clock that is fast would make all others late.
  struct Stamp {
    std::int64_t time_ns = 0;
    bool clamped = false;
  };
  Stamp observe(std::int64_t time_ns, std::int64_t now_ns) {
    const bool clamped = time_ns > now_ns && time_ns - now_ns > to_ns(options_.ahead);
    const Stamp stamp{clamped ? now_ns : time_ns, clamped};
    heard_ns_ = now_ns;
    raise(stamp.time_ns);
    return stamp;
  }

  // Call it now and then. `held_up`: what was sent may still be waiting in a queue of ours, so
  // silence says nothing.
  void pass(std::int64_t now_ns, bool held_up) {
    if (held_up || heard_ns_ == kNever) {
      heard_ns_ = now_ns;
    } else if (now_ns - heard_ns_ >= to_ns(options_.idle_after)) {
      raise(now_ns);
    }
  }

  // kNever before anything was heard.
  std::int64_t time_ns() const { return time_ns_; }

 private:
  void raise(std::int64_t newest_ns) {
    time_ns_ = std::max(time_ns_, newest_ns - to_ns(options_.disorder));
  }

  Options options_;
  std::int64_t heard_ns_ = kNever;  // when the last reading came, by our clock
  std::int64_t time_ns_ = kNever;
};

}  // namespace sluice
