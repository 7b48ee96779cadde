#pragma once
// A serial line and the numbers that channels want of what a device says on it. Worker thread of
// its bus, but for the construction.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/buses/serial_line.hpp"
#include "hal/chips/talk.hpp"
#include "hal/shared_buses.hpp"

namespace sluice::hal {

class SerialTalk final : public SharedBus {
 public:
  // How long after the line was opened a channel waits for its first number; later ones never wait.
  static constexpr Duration kFirstWait = std::chrono::seconds(2);

  explicit SerialTalk(SerialSettings settings) : line_(std::move(settings)) {}

  // Takes out what has come, once for each `now`. Called for all that is wanted with one and the
  // same `now`; what is left out is forgotten.
  void want(const talk::Wanted& wanted, Instant now);

  struct Newest {
    talk::Heard heard;
    Instant at;
  };
  // The newest number, or that the device does not know it; nothing when none has come. kNotFound
  // or kUnavailable without the line. REQUIRES: want() before.
  Result<std::optional<Newest>> newest(const talk::Wanted& wanted, Instant now);
  // Lines that were damaged since it was made: of the kind that is wanted, or dropped by the line.
  std::uint64_t damaged(const talk::Wanted& wanted) const;

 private:
  struct Listener {
    talk::Wanted wanted;
    Instant round{};
    std::optional<Newest> newest{};
    std::uint64_t damaged = 0;
  };
  Listener* find(const talk::Wanted& wanted);
  void drain(Instant now);

  SerialLine line_;
  std::vector<Listener> listeners_;
  Instant round_;
  Instant opened_;
  std::optional<Error> failure_;  // of the last drain
};

}  // namespace sluice::hal
