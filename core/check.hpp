#pragma once
// CHECK(condition): a fact the program relies on. It stays on in release; when it does not hold
// the process stops at once, the service manager restarts it, and it recovers from disk.

namespace sluice {

// Writes `condition` with its place to standard error and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace sluice

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::sluice::check_failed(#condition, __FILE__, __LINE__))
