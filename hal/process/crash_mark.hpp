#pragma once
// What a crash leaves behind: a line at the end of a file, for the next start to find.

#include <string>

#include "core/result.hpp"

namespace sluice::hal {

// From now on a signal by which the process dies of a fault of its own (abort, bus error, broken
// arithmetic, illegal instruction, wrong address) first appends `line`, the signal's name and a
// line end to the file at `path`; then it ends the process as before. A service manager's watchdog
// aborts, so that counts too; SIGKILL leaves nothing. A stack that has overflowed has no room for
// this. kUnavailable when the file cannot be opened; it is made if need be. Call once, before other
// threads run.
Result<> mark_crashes(const std::string& path, const std::string& line);

}  // namespace sluice::hal
