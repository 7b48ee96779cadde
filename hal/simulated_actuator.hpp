#pragma once
// An actuator without hardware that remembers how it was switched.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/time.hpp"
#include "hal/actuator.hpp"

namespace sluice::hal {

class SimulatedActuator final : public Actuator {
 public:
  struct Change {
    Instant tick;
    bool on = false;
    bool operator==(const Change&) const = default;
  };
  // Most changes that are remembered; later ones are only counted.
  static constexpr std::size_t kChangesMax = 1'024;

  void set(bool on, Instant tick) noexcept override;

  // On the thread that calls set(), or while it rests.
  bool is_on() const { return is_on_; }
  std::span<const Change> changes() const { return std::span(changes_).first(change_count_); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  std::array<Change, kChangesMax> changes_{};
  std::size_t change_count_ = 0;
  std::uint64_t dropped_ = 0;
  bool is_on_ = false;
};

}  // namespace sluice::hal
