#pragma once
// How busy the processor was, from the kernel's tick counts. One worker thread.

#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace sluice::hal {

class CpuUse {
 public:
  // Busy share of all cores in % since the last call, since boot at the first. Waiting for a disk
  // is idle time. `procfs` as in HostOptions.
  Result<double> measure(const std::string& procfs);

 private:
  std::uint64_t busy_ = 0;  // ticks, as of the last call
  std::uint64_t idle_ = 0;
  double percent_ = 0.0;
};

}  // namespace sluice::hal
