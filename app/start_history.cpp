#include "app/start_history.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>
#include <system_error>

#include "hal/process/crash_mark.hpp"
#include "hal/small_file.hpp"

namespace sluice::app {
namespace {

// A line is a word, the number of the process, and what the word needs:
//   begun PROCESS BOOT NANOSECONDS CONFIG MODE
//   crashed PROCESS SIGNAL
//   failed PROCESS WHY
constexpr std::string_view kBegun = "begun";
constexpr std::string_view kCrashed = "crashed";
constexpr std::string_view kFailed = "failed";
constexpr std::string_view kNormal = "normal";
constexpr std::string_view kSafe = "safe";

// Longer reasons are cut; an event has no room for more.
constexpr std::size_t kWhyMax = 120;
// A file with more is begun anew: ten starts a second for the whole window have less.
constexpr std::uintmax_t kFileMax = 60 * 1024;

struct Line {
  std::string_view word;
  std::string_view process;
  std::string_view rest;
};

Line take_apart(std::string_view line) {
  Line parts;
  parts.word = hal::take_word(line);
  parts.process = hal::take_word(line);
  parts.rest = hal::trimmed(line);
  return parts;
}

std::string prefix(std::string_view word) {
  return std::string(word) + " " + std::to_string(getpid()) + " ";
}

}  // namespace

StartHistory::BadStarts StartHistory::bad_starts(const Start& start) const {
  BadStarts bad;
  const Result<std::string> text = hal::read_small_file(path_);
  if (!text) return bad;
  std::map<std::string_view, bool> safe;  // of those that count, by process
  std::string_view rest = *text;
  while (const std::optional<std::string_view> line = hal::take_line(rest)) {
    Line parts = take_apart(*line);
    if (parts.word == kBegun) {
      const std::string_view boot = hal::take_word(parts.rest);
      const auto begun = hal::parse_integer(hal::take_word(parts.rest));
      const std::string_view config = hal::take_word(parts.rest);
      const bool recent = begun && *begun >= 0 && start.now - instant_from_ns(*begun) <= kWindow;
      safe.erase(parts.process);
      if (recent && boot == start.boot && config == start.config) {
        safe[parts.process] = hal::trimmed(parts.rest) == kSafe;
      }
      continue;
    }
    const auto of = safe.find(parts.process);
    if (of == safe.end()) continue;
    ++bad.count;
    bad.last = parts.word == kCrashed ? "it crashed with " + std::string(parts.rest)
                                      : "it failed: " + std::string(parts.rest);
    bad.in_safe_mode = of->second;
    safe.erase(of);
  }
  return bad;
}

void StartHistory::begin(const Start& start, bool in_safe_mode) {
  std::error_code unknown;
  if (const auto size = std::filesystem::file_size(path_, unknown); !unknown && size > kFileMax) {
    ended();
  }
  // What a crash left behind may have no end of its line.
  append("\n" + prefix(kBegun) + start.boot + " " + std::to_string(to_ns(start.now)) + " " +
         start.config + " " + std::string(in_safe_mode ? kSafe : kNormal));
  // Without a mark a crash is not counted, and the next start is like this one.
  static_cast<void>(hal::mark_crashes(path_, prefix(kCrashed)));
}

void StartHistory::failed(const std::string& why) {
  std::string line = why.substr(0, kWhyMax);
  std::replace(line.begin(), line.end(), '\n', ' ');
  append(prefix(kFailed) + line);
}

void StartHistory::ended() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void StartHistory::append(const std::string& line) const {
  std::ofstream(path_, std::ios::app | std::ios::binary) << line << "\n";
}

}  // namespace sluice::app
