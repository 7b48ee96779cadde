#pragma once
// Proof that a thread comes round: it counts its rounds here, and another thread looks whether the
// count has changed. A relaxed load and store, so that the real-time loop may do it.

#include <atomic>
#include <cstdint>

namespace sluice {

class Heartbeat {
 public:
  // The watched thread only. Wait-free.
  void beat() {
    count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  // Any thread. It wraps, so only a difference says something.
  std::uint32_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  // 32 bits are one plain word on every machine; at 1 kHz they wrap after 49 days.
  std::atomic<std::uint32_t> count_{0};
};

}  // namespace sluice
