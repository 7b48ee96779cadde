#pragma once
// Time that passes only while somebody sleeps, and then at once. For any number of threads.

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

#include "core/time.hpp"
#include "hal/clock.hpp"

namespace sluice::app {

class VirtualClock final : public hal::Clock {
 public:
  Instant now() const override { return instant_from_ns(now_ns_.load()); }
  WallTime wall() const override { return WallTime(now().time_since_epoch() + kWallAtBoot); }
  WallTrust wall_trust() const override { return trust; }
  void sleep_until(Instant deadline) override {
    std::int64_t before = now_ns_.load();
    while (before < to_ns(deadline) && !now_ns_.compare_exchange_weak(before, to_ns(deadline))) {
    }
    if (on_sleep) on_sleep(deadline);
  }

  // Not while another thread uses the clock.
  WallTrust trust{true, std::chrono::milliseconds(1)};
  std::function<void(Instant deadline)> on_sleep;  // called when the time has come

 private:
  static constexpr Duration kWallAtBoot = std::chrono::hours(480'000);

  std::atomic<std::int64_t> now_ns_{to_ns(std::chrono::seconds(1'000))};
};

}  // namespace sluice::app
