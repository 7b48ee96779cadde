#pragma once
// Driver "can": a signal in the frames on a CAN interface. Bus "can:INTERFACE".

#include <cstdint>

#include "hal/buses/can_talk.hpp"
#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kCanDriver;

class CanProbe final : public Probe {
 public:
  // `talk` outlives it.
  CanProbe(can::Talk& talk, const can::Wanted& wanted, Duration max_age)
      : talk_(talk), wanted_(wanted), max_age_(max_age) {}

  bool listen(Instant now) override {
    talk_.want(wanted_, now);
    return false;
  }
  // The newest number, of the last `max_age`. kNotFound without the interface, kUnavailable while
  // it is down or off the bus, kTimeout when no such frame has come; kUnavailable once after error
  // frames, and then the number.
  Result<double> measure(Instant now) override;

 private:
  can::Talk& talk_;
  const can::Wanted wanted_;
  const Duration max_age_;
  std::uint64_t errors_told_ = 0;
};

}  // namespace sluice::hal
