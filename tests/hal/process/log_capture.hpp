#pragma once
// Keeps the log lines of one test.

#include <string>
#include <string_view>
#include <vector>

#include "core/log.hpp"

namespace sluice::hal {

class LogCapture {
 public:
  LogCapture() {
    active_ = this;
    set_log_sink([](LogLevel level, std::string_view line) {
      active_->levels.push_back(level);
      active_->lines.emplace_back(line);
    });
  }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  ~LogCapture() { set_log_sink(nullptr); }

  std::vector<LogLevel> levels;
  std::vector<std::string> lines;

 private:
  static inline LogCapture* active_ = nullptr;
};

}  // namespace sluice::hal
