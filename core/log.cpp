#include "core/log.hpp"

#include <atomic>

namespace sluice {
namespace {

std::atomic<LogSink> installed_sink{nullptr};

}  // namespace

void set_log_sink(LogSink sink) {
  installed_sink.store(sink, std::memory_order_release);
}

void log(LogLevel level, std::string_view line) {
  if (const LogSink sink = installed_sink.load(std::memory_order_acquire)) sink(level, line);
}

}  // namespace sluice
