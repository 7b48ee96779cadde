#pragma once
// Log lines for the operator: a change of state, once, with what can be done about it. Never called
// on the real-time path. The sink is the one global of the program; without one, lines are dropped.

#include <string_view>

namespace sluice {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Called from any thread but the real-time one; must be safe for that.
using LogSink = void (*)(LogLevel level, std::string_view line);

// Set once at start, before other threads run.
void set_log_sink(LogSink sink);
void log(LogLevel level, std::string_view line);

}  // namespace sluice
