#pragma once
// What channels want of the frames on a CAN interface: the newest number of each signal. Worker
// thread of its bus, but for the construction.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/buses/can_socket.hpp"
#include "hal/chips/can_signal.hpp"
#include "hal/shared_buses.hpp"

namespace sluice::hal::can {

struct Wanted {
  std::uint32_t id = 0;  // with CAN_EFF_FLAG when it has 29 bits
  Signal signal{};
  // Of frames of several layouts: only those in which this signal has that value.
  std::optional<Signal> selector{};
  std::uint64_t selected = 0;

  bool operator==(const Wanted&) const = default;
};

class Talk final : public SharedBus {
 public:
  explicit Talk(Socket socket) : socket_(std::move(socket)) {}

  // Takes out what has come, once for each `now`. Called for all that is wanted with one and the
  // same `now`; what is left out is forgotten.
  void want(const Wanted& wanted, Instant now);

  struct Newest {
    double value = 0.0;
    Instant at;
  };
  // Nothing when none has come. kNotFound without the interface, kUnavailable while it is down.
  // REQUIRES: want() before.
  Result<std::optional<Newest>> newest(const Wanted& wanted, Instant now);

  // Since it was made: error frames, of the controller or the bus; and frames of a wanted id that
  // were too short for what is wanted of them.
  std::uint64_t errors() const { return errors_; }
  bool bus_off() const { return bus_off_; }

 private:
  struct Listener {
    Wanted wanted;
    Instant round{};
    std::optional<Newest> newest{};
  };
  Listener* find(const Wanted& wanted);
  void drain(Instant now);
  void hear(const can_frame& frame, Instant now);

  Socket socket_;
  std::vector<Listener> listeners_;
  Instant round_;
  std::optional<Error> failure_;  // of the last drain
  std::uint64_t errors_ = 0;
  bool bus_off_ = false;
};

}  // namespace sluice::hal::can
