#pragma once
// A disk whose free space a test decides.

#include <cstdint>
#include <string>

#include "storage/disk.hpp"

namespace sluice::storage {

class FakeDisk final : public Disk {
 public:
  struct State {
    std::uint64_t free_bytes = 1ULL << 40;
    bool silent = false;  // does not say
  };
  explicit FakeDisk(const State& state) : state_(state) {}  // `state` outlives it

  Result<std::uint64_t> free_bytes(const std::string&) override {
    if (state_.silent) return Error{ErrorCode::kUnavailable, "the disk is silent"};
    return state_.free_bytes;
  }

 private:
  const State& state_;
};

}  // namespace sluice::storage
