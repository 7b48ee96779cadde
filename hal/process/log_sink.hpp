#pragma once
// Where log lines go: standard error. To the journal each line carries its priority and no time,
// which the journal has itself; elsewhere it carries time and level, in colour on a terminal.

#include <cstddef>

#include "core/log.hpp"

namespace sluice::hal {

// Longest line that is written, in bytes after escaping; the rest is cut.
inline constexpr std::size_t kLogLineMax = 2'000;

// Makes standard error the sink of core/log.hpp; lines below `level_min` are dropped. Line breaks
// and control characters come out escaped, so that no text from outside can forge a line or drive
// the terminal. Neither this nor the sink ever throws. Other threads must rest meanwhile.
void install_log_sink(LogLevel level_min);

// Lines are dropped again. Other threads must rest meanwhile.
void remove_log_sink();

}  // namespace sluice::hal
