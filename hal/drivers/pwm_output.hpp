#pragma once
// Driver "pwm" of an actuator: a channel of a PWM chip through the kernel's sysfs
// (Documentation/driver-api/pwm.rst). Bus "pwm:CHIP".

#include <cstdint>
#include <string>
#include <utility>

#include "core/time.hpp"
#include "hal/actuator_driver.hpp"

namespace sluice::hal {

extern const ActuatorDriver kPwmOutput;

class PwmOutput final : public OutputDevice {
 public:
  struct Options {
    std::string chip;  // "pwmchip0", or where its link `device` leads
    std::int64_t channel = 0;
    std::string sysfs;
    Duration period{};
    Duration on{};  // of a period, at most all of it
    Duration off{};
  };
  explicit PwmOutput(Options options) : options_(std::move(options)) {}

  // Exports the channel, if it is not yet, and enables it. kUnavailable while it is not ours to
  // write: after it was exported udev needs a moment.
  Result<> open(bool on) override;
  // Leaves it as it is: the chip goes on by itself.
  void close() override {}
  Result<> set(bool on) override;
  // kCorrupt when it is neither, or not enabled.
  Result<bool> is_on() override;

 private:
  Result<std::string> find_chip() const;
  Duration duty(bool on) const { return on ? options_.on : options_.off; }

  const Options options_;
  std::string folder_;  // of the channel
};

}  // namespace sluice::hal
