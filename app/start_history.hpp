#pragma once
// What became of the starts of this boot, in a small file: whoever starts again and again, and ends
// badly each time, has to know it. The file is in the run directory, so that it costs no card a
// write and a reboot forgets it. One that cannot be written is a start without a history. Main
// thread.

#include <cstddef>
#include <optional>
#include <string>

#include "core/time.hpp"

namespace sluice::app {

class StartHistory {
 public:
  // Starts within this time are one story.
  static constexpr Duration kWindow = std::chrono::minutes(5);

  // Those of one boot and configuration that began within kWindow before now and ended badly.
  struct BadStarts {
    std::size_t count = 0;
    std::string last;           // how the last one ended, in words
    bool in_safe_mode = false;  // the last one was
  };
  // `config` is the hash of the configuration, or "-" when it cannot be read.
  struct Start {
    std::string boot;  // kernel's boot id
    std::string config;
    Instant now;
  };

  explicit StartHistory(std::string path) : path_(std::move(path)) {}

  BadStarts bad_starts(const Start& start) const;

  // This process begins now; if it crashes, that will be found (hal/process/crash_mark.hpp). Call
  // once.
  void begin(const Start& start, bool in_safe_mode);
  // REQUIRES, of both: begun. It could not start, or had to end; `why` is one line.
  void failed(const std::string& why);
  // It ended as it should: nothing before it matters any more.
  void ended();

 private:
  void append(const std::string& line) const;

  std::string path_;
};

}  // namespace sluice::app
