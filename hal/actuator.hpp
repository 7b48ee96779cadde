#pragma once
// Seam: what an alert can switch.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/driver_state.hpp"
#include "core/time.hpp"

namespace sluice::hal {

// How an actuator does that is a device: written by its worker, read by whoever shows it.
struct ActuatorStanding {
  static constexpr std::size_t kReasonMax = 160;

  bool asked = false;                    // false: not yet, and the rest means nothing
  DriverState state = DriverState::kUp;  // or kDown
  Instant since;                         // of the state
  bool on = false;                       // what the device was told last
  std::uint64_t failures = 0;
  std::array<char, kReasonMax + 1> reason{};  // of the last failure; empty before the first

  std::string_view why() const { return reason.data(); }
};

class Actuator {
 public:
  virtual ~Actuator() = default;

  // Real-time thread, same rules as Sensor::read(). Called at each change of the wanted state.
  virtual void set(bool on, Instant tick) noexcept = 0;

  // Worker thread, every work_every() or more rarely: the part of the work that may block (a log
  // line, a device).
  virtual void work(Instant now) { static_cast<void>(now); }
  virtual Duration work_every() const { return std::chrono::milliseconds(200); }
  // Worker thread, when it is done with it: puts a device into its safe state. Only after that may
  // another worker have it.
  virtual void retire() {}

  // Any thread of no higher priority; nothing for what is no device.
  virtual std::optional<ActuatorStanding> standing() const { return std::nullopt; }
};

}  // namespace sluice::hal
