#pragma once
// A whole gateway without threads, on a buffer of its own, in the test's time.

#include <cstdint>
#include <memory>
#include <utility>

#include "app/gateway.hpp"
#include "core/check.hpp"
#include "core/time.hpp"
#include "tests/app/buffer.hpp"
#include "tests/app/sample_config.hpp"

namespace sluice::app {

class Plant {
 public:
  Result<> open(const config::Config& config, std::unique_ptr<uplink::Link> link = nullptr) {
    gateway_.reset();
    Result<std::unique_ptr<Gateway>> opened =
        Gateway::open(config, Identity{run_number(++runs_), kBoot, "1.2.3"}, std::move(link), now);
    if (!opened.ok()) return opened.error();
    gateway_ = std::move(*opened);
    return Ok{};
  }
  // The next start finds what was durable.
  void lose_power() { gateway_.reset(); }

  Gateway& gateway() {
    CHECK(gateway_ != nullptr);
    return *gateway_;
  }
  RunId run() const { return run_number(runs_); }

  // One step of each thread's work at `now`.
  void step() {
    static_cast<void>(gateway().loop().step(now));
    poll();
    gateway().storage().step(now);
    gateway().tend(now);
  }
  // All that the workers have to do at `now`.
  void poll() {
    for (const std::unique_ptr<BusWorker>& worker : gateway().workers()) {
      while (worker->step(now) <= now) {
      }
    }
  }
  // ... at every whole period from now on to `end`.
  void run_until(Instant end, Duration period = std::chrono::seconds(1)) {
    for (now = next_tick(now, period); now <= end; now += period) step();
    now = end;
  }

  Buffer buffer;
  Instant now{std::chrono::seconds(1000)};

 private:
  std::uint8_t runs_ = 0;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace sluice::app
