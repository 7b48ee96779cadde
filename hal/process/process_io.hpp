#pragma once
// What Linux counts of the input and output of this process.

#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace sluice::hal {

// Bytes that this process has had written to block devices since it started, by all its threads:
// whole pages of the page cache. What the file system writes on its own is not in it. kNotFound
// when the kernel does not count, kCorrupt for a file of an unexpected form.
Result<std::uint64_t> bytes_written_by_process(const std::string& procfs = "/proc");

}  // namespace sluice::hal
