#pragma once
// A serial line of the test's own: a pseudo terminal. The test has one end, and the code under test
// opens the other by its path.

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>

#include "core/check.hpp"

namespace sluice::hal {

class Pty {
 public:
  Pty() : end_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    CHECK(end_ >= 0 && grantpt(end_) == 0 && unlockpt(end_) == 0);
    char name[64] = {};
    CHECK(ptsname_r(end_, name, sizeof name) == 0);
    path_ = name;
    // Nothing is echoed or changed before the code under test has set the line up.
    other_ = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    termios raw{};
    CHECK(other_ >= 0 && tcgetattr(other_, &raw) == 0);
    cfmakeraw(&raw);
    CHECK(tcsetattr(other_, TCSANOW, &raw) == 0);
  }
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;
  ~Pty() { unplug(); }

  const std::string& path() const { return path_; }
  int end() const { return end_; }
  void say(std::string_view bytes) const {
    CHECK(write(end_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  // At most this long, until the other end has said something.
  void wait_for_request(std::chrono::milliseconds most) const {
    pollfd file{end_, POLLIN, 0};
    poll(&file, 1, static_cast<int>(most.count()));
  }
  // As an adapter that is pulled out: the other end reads nothing any more, and its file is gone.
  void unplug() {
    if (end_ < 0) return;
    close(end_);
    close(other_);
    end_ = -1;
  }

 private:
  int end_;
  int other_;  // open, so that the test's end does not hang up while nobody else has it
  std::string path_;
};

}  // namespace sluice::hal
