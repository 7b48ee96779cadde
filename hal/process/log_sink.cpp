#include "hal/process/log_sink.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace sluice::hal {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

// The prefix that sd-daemon(3) defines: "<N>" with the priority of syslog(3).
class PriorityPrefix final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& line) override {
    line.push_back('<');
    line.push_back(priority_of(message.level));
    line.push_back('>');
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityPrefix>();
  }

 private:
  static char priority_of(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::debug:
        return '7';
      case spdlog::level::info:
        return '6';
      case spdlog::level::warn:
        return '4';
      default:
        return '3';
    }
  }
};

// systemd names the journal's end of the stream in JOURNAL_STREAM as "device:inode". A program that
// inherited the variable with standard error sent elsewhere is not talking to the journal.
bool stderr_is_journal() {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  struct stat file {};
  if (stream == nullptr || fstat(STDERR_FILENO, &file) != 0) return false;
  return stream == std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
}

// How many bytes at the start of `text` are a control character: C0, delete, or C1 in UTF-8.
std::size_t control_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20 || first == 0x7F) return 1;
  if (first != 0xC2 || text.size() < 2) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  return second >= 0x80 && second <= 0x9F ? 2 : 0;
}

// A backslash is doubled, so that an escape cannot be forged either.
std::string escaped(std::string_view line) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  while (!line.empty() && text.size() < kLogLineMax) {
    const std::size_t control = control_length(line);
    for (const char c : line.substr(0, control)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\n') {
        text += "\\n";
      } else {
        text += "\\x";
        text += kDigits[byte >> 4];
        text += kDigits[byte & 0xF];
      }
    }
    if (control == 0) text += line[0] == '\\' ? "\\\\" : line.substr(0, 1);
    line.remove_prefix(control == 0 ? 1 : control);
  }
  if (text.size() > kLogLineMax) text.resize(kLogLineMax);
  return text;
}

// The one global of the program; empty until install_log_sink().
std::unique_ptr<spdlog::logger>& logger() {
  static std::unique_ptr<spdlog::logger> installed;
  return installed;
}

void write_line(LogLevel level, std::string_view line) {
  try {
    spdlog::logger& sink = *logger();
    if (sink.should_log(spdlog_level(level))) sink.log(spdlog_level(level), escaped(line));
  } catch (const std::exception&) {
    // Out of memory: a lost log line must not end the program.
  }
}

}  // namespace

void install_log_sink(LogLevel level_min) {
  try {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    if (stderr_is_journal()) {
      formatter->add_flag<PriorityPrefix>('N').set_pattern("%N%v");
    } else {
      formatter->set_pattern("%H:%M:%S.%e %^%-7l%$ %v");
    }
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    auto made = std::make_unique<spdlog::logger>("sluice", std::move(sink));
    made->set_formatter(std::move(formatter));
    made->set_level(spdlog_level(level_min));
    logger() = std::move(made);
    set_log_sink(write_line);
  } catch (const std::exception&) {
    // Out of memory at start: the lines stay dropped, as without a sink.
  }
}

void remove_log_sink() {
  set_log_sink(nullptr);
  logger().reset();
}

}  // namespace sluice::hal
