#pragma once
// Bounded queue between exactly two threads: one pushes, one pops. Neither ever waits, locks or
// allocates after construction. Full and empty are return values.

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "core/check.hpp"

namespace sluice {

template <typename T>
class Ring {
 public:
  // REQUIRES: capacity >= 1. All memory is taken here.
  explicit Ring(std::size_t capacity)
      : slot_count_(capacity + 1), slots_(std::make_unique<T[]>(slot_count_)) {
    CHECK(capacity >= 1);
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  // Producer thread only. False when full: the item is dropped and the caller counts it.
  [[nodiscard]] bool try_push(T item) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    const std::size_t next = tail + 1 == slot_count_ ? 0 : tail + 1;
    if (next == head_seen_) {
      head_seen_ = head_.load(std::memory_order_acquire);
      if (next == head_seen_) return false;
    }
    slots_[tail] = std::move(item);
    tail_.store(next, std::memory_order_release);
    return true;
  }

  // Consumer thread only.
  std::optional<T> try_pop() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_seen_) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head == tail_seen_) return std::nullopt;
    }
    std::optional<T> item(std::move(slots_[head]));
    head_.store(head + 1 == slot_count_ ? 0 : head + 1, std::memory_order_release);
    return item;
  }

  // Either thread; exact only when the other one rests.
  std::size_t size() const {
    const std::size_t head = head_.load(std::memory_order_acquire);
    const std::size_t tail = tail_.load(std::memory_order_acquire);
    return tail >= head ? tail - head : tail + slot_count_ - head;
  }
  std::size_t capacity() const { return slot_count_ - 1; }

 private:
  // Two cache lines, so that the two threads do not fight over one.
  static constexpr std::size_t kCacheLine = 64;

  const std::size_t slot_count_;
  const std::unique_ptr<T[]> slots_;
  alignas(kCacheLine) std::atomic<std::size_t> tail_{0};
  std::size_t head_seen_ = 0;  // producer's copy of head_
  alignas(kCacheLine) std::atomic<std::size_t> head_{0};
  std::size_t tail_seen_ = 0;  // consumer's copy of tail_
};

}  // namespace sluice
