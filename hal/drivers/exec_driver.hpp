#pragma once
// Driver "exec": the first number that a program prints. No shell is involved. Bus "exec:PROGRAM".

#include <string>
#include <utility>
#include <vector>

#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kExecDriver;

class ExecProbe final : public Probe {
 public:
  ExecProbe(std::vector<std::string> command, Duration timeout)
      : command_(std::move(command)), timeout_(timeout) {}

  // As output_of() (hal/child_process.hpp), and kCorrupt when the program prints no number.
  Result<double> measure(Instant now) override;

 private:
  const std::vector<std::string> command_;
  const Duration timeout_;
};

}  // namespace sluice::hal
