#pragma once
// Driver "serial": numbers in the lines that a device on a serial line sends by itself. Bus
// "serial:DEVICE@BAUD...".

#include <cstdint>
#include <utility>

#include "hal/buses/serial_talk.hpp"
#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kSerialDriver;

class SerialProbe final : public Probe {
 public:
  // `talk` outlives it.
  SerialProbe(SerialTalk& talk, talk::Wanted wanted, Duration max_age)
      : talk_(talk), wanted_(std::move(wanted)), max_age_(max_age) {}

  bool listen(Instant now) override {
    talk_.want(wanted_, now);
    return false;
  }
  // The newest number, of the last `max_age`. kNotFound or kUnavailable without the line, kTimeout
  // when no such line has come, kInvalid when the device says that it does not know; kCorrupt once
  // after lines that were damaged, and then the number.
  Result<double> measure(Instant now) override;

 private:
  SerialTalk& talk_;
  const talk::Wanted wanted_;
  const Duration max_age_;
  std::uint64_t damaged_told_ = 0;
};

}  // namespace sluice::hal
