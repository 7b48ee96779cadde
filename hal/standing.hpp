#pragma once
// How one polled source does: written by its worker thread, read by whoever watches or shows it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/driver_state.hpp"
#include "core/published.hpp"
#include "core/time.hpp"

namespace sluice::hal {

struct Standing {
  static constexpr std::size_t kReasonMax = 160;

  DriverState state = DriverState::kUp;
  Instant since;               // of the state
  Instant busy_since;          // of the read that is under way; Instant{} when none is
  std::uint64_t rounds = 0;    // times it was due and asked; 0: it has not been asked yet
  std::uint64_t failed = 0;    // ... of which there was no good value
  std::uint64_t retries = 0;   // reads beyond the first of a round
  std::uint64_t timeouts = 0;  // reads that took longer than the limit
  std::array<char, kReasonMax + 1> reason{};  // of the last failure; empty before the first

  std::string_view why() const { return reason.data(); }
};
using StandingBoard = Published<Standing>;

}  // namespace sluice::hal
