#pragma once
// What tells this boot and this start of the process from all others.

#include <string>

#include "core/chunk.hpp"
#include "core/result.hpp"

namespace sluice::hal {

// The kernel's random name of this boot: runs that share it share a boot time axis. kNotFound
// without the file, kCorrupt unless it holds 36 hexadecimal digits and dashes.
Result<std::string> boot_id(const std::string& procfs = "/proc");

// 128 random bits from the kernel. Early in a boot it waits until the kernel has some; kUnavailable
// when it has no source at all.
Result<RunId> random_run_id();

}  // namespace sluice::hal
