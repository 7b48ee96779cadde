#pragma once
// Watches how the drivers of polled sources do: says each change of their state in the log and as
// an event, both bounded however many fail and however often. Sees a read that does not come back,
// too, and whom it holds up. Main thread, a few times a second.

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "core/reading.hpp"
#include "core/time.hpp"
#include "hal/polled_probe.hpp"

namespace sluice::app {

// One polled channel. The probe is only asked for its standing.
struct WatchedDriver {
  std::string channel;
  ChannelId id{};
  std::string bus;
  const hal::PolledProbe* probe = nullptr;
};

// How it does, as whoever asks for the status is told.
struct DriverReport {
  std::string channel;
  ChannelId id{};
  std::string bus;
  bool asked = false;  // false: not once yet, and the state means nothing
  DriverState state = DriverState::kUp;
  Instant since;
  std::string reason;  // of the last failure; empty before the first
  hal::Standing counts;
};

class DriverWatch {
 public:
  // The first two changes of a driver are told at once, further ones no more often than this, and
  // then half as often each time up to kQuietMax. What changed back meanwhile is not told.
  static constexpr Duration kQuietMin = std::chrono::seconds(10);
  static constexpr Duration kQuietMax = std::chrono::minutes(5);
  // Log lines of all drivers together in one kLogWindow; a last one says how many it left out.
  static constexpr std::size_t kLogLinesMax = 10;
  static constexpr Duration kLogWindow = std::chrono::seconds(10);
  // Events in one look.
  static constexpr std::size_t kEventsMax = 256;

  // Watches these from now on; what was told of channels that stay is remembered.
  void watch(std::vector<WatchedDriver> drivers);

  // `record` is called with the new events, if there are any; when it returns false they come again
  // at the next look.
  void look(Instant now, const std::function<bool(const std::vector<Event>&)>& record);

  // As of the last look.
  std::span<const DriverReport> reports() const { return reports_; }

 private:
  struct Told {
    DriverState state = DriverState::kUp;
    Instant at;
    Duration quiet{};  // from then on
  };
  void judge(Instant now);
  void say(const DriverReport& report, Instant now);

  std::vector<WatchedDriver> drivers_;
  std::vector<DriverReport> reports_;
  std::map<std::string, Told, std::less<>> told_;  // by channel; up when there is none
  Instant window_;
  std::size_t lines_ = 0;  // in this window
  std::size_t left_out_ = 0;
};

}  // namespace sluice::app
