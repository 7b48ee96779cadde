#pragma once
// The gateway as its own sensor: what Linux tells of the machine in procfs, sysfs and statvfs().
// One worker thread.

#include "hal/host_cpu.hpp"
#include "hal/host_thermometer.hpp"
#include "hal/options.hpp"
#include "hal/probe.hpp"

namespace sluice::hal {

class HostProbe final : public Probe {
 public:
  explicit HostProbe(const HostOptions& options);

  // Beside what the seam says: kCorrupt for a file of an unexpected form, whose text is never
  // guessed at.
  Result<double> measure(Instant now) override;

 private:
  const HostOptions options_;
  CpuUse cpu_;
  Thermometer thermometer_;
};

}  // namespace sluice::hal
