#pragma once
// Keeps a storm of alerts from becoming a storm of messages: beyond so many raised alerts a minute
// no more are told of live, and one message a minute says how many that were. All of them are
// recorded all the same, and their records are delivered as ever. Owned by the uplink thread; time
// is an argument.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/alert.hpp"
#include "core/time.hpp"

namespace sluice::uplink {

class StormLimit {
 public:
  static constexpr Duration kWindow = std::chrono::minutes(1);
  // Of the raised alerts of a window, the share that only critical ones may use.
  static constexpr std::uint32_t kForCritical = 5;

  // REQUIRES: raised_max >= 1.
  explicit StormLimit(std::uint32_t raised_max) : raised_max_(raised_max) {}

  // Whether this step is to be told of. The later steps of an alert whose raise was not are not
  // either, until it is raised anew; nobody waits for the end of what he has not heard of.
  bool admits(const AlertEvent& event, Instant now);

  struct Report {
    bool goes_on = false;    // false: the storm is over
    std::uint32_t held = 0;  // raised alerts that were not told of in the window
    Severity worst = Severity::kInfo;
  };
  // What there is to say at the end of a window: how many were held back, and once, that none were.
  std::optional<Report> report(Instant now);

  // Raised alerts that were not told of, ever.
  std::uint64_t held() const { return held_total_; }

 private:
  void begin_window(Instant now);

  std::uint32_t raised_max_;
  Instant window_ = Instant::min();  // when it began
  std::uint32_t raised_ = 0;         // that were told of in the window
  std::uint32_t held_ = 0;
  Severity worst_ = Severity::kInfo;
  bool told_ = false;  // of a storm that is not known to be over
  std::uint64_t held_total_ = 0;
  std::vector<bool> unheard_;  // by alert: its raise was not told of
};

}  // namespace sluice::uplink
