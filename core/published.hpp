#pragma once
// One value that a single thread keeps publishing and any thread may copy. The writer never waits;
// a reader that meets a write in progress tries again (a sequence lock).

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace sluice {

template <typename T>
class Published {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Published() { publish(T{}); }
  Published(const Published&) = delete;
  Published& operator=(const Published&) = delete;

  // Writer thread only. Wait-free.
  void publish(const T& value) {
    std::array<std::uint32_t, kWords> words{};
    std::memcpy(words.data(), &value, sizeof(T));
    const std::uint32_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    // Who sees one of these words also sees the odd version. A fence before them would do the same,
    // but the thread sanitizer does not know fences.
    for (std::size_t i = 0; i < kWords; ++i) words_[i].store(words[i], std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }

  // Any thread but one of higher priority than the writer's: preempting a write, it would wait for
  // the end of that write for ever.
  T read() const {
    T value;
    while (!try_read(value)) {
    }
    return value;
  }

  // Any thread. Wait-free: false, and `value` is untouched, when it meets a write in progress.
  bool try_read(T& value) const {
    std::array<std::uint32_t, kWords> words;
    const std::uint32_t before = version_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < kWords; ++i) words[i] = words_[i].load(std::memory_order_acquire);
    const std::uint32_t after = version_.load(std::memory_order_relaxed);
    if (before != after || before % 2 != 0) return false;
    std::memcpy(static_cast<void*>(&value), words.data(), sizeof(T));
    return true;
  }

 private:
  static constexpr std::size_t kWords = (sizeof(T) + 3) / 4;

  std::atomic<std::uint32_t> version_{0};
  std::array<std::atomic<std::uint32_t>, kWords> words_{};
};

}  // namespace sluice
