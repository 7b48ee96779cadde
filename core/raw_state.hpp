#pragma once
// States as the bytes that they are in memory, one after the other, to be read by the next run of
// the same program (core/fingerprint.hpp). Neither allocates.

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

#include "core/check.hpp"

namespace sluice {

class RawWriter {
 public:
  explicit RawWriter(std::span<std::byte> bytes) : rest_(bytes) {}

  // REQUIRES: there is room.
  template <typename T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    CHECK(rest_.size() >= sizeof(T));
    std::memcpy(rest_.data(), &value, sizeof(T));
    rest_ = rest_.subspan(sizeof(T));
  }

 private:
  std::span<std::byte> rest_;
};

class RawReader {
 public:
  explicit RawReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  // REQUIRES: as many bytes are left.
  template <typename T>
  void take(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    CHECK(rest_.size() >= sizeof(T));
    std::memcpy(static_cast<void*>(&value), rest_.data(), sizeof(T));
    rest_ = rest_.subspan(sizeof(T));
  }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace sluice
