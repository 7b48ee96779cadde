#pragma once
// A disk that takes nothing for as long as this lives, whatever file it is: the kernel refuses
// every write of the process behind the first byte.

#include <sys/resource.h>

#include <csignal>

#include "core/check.hpp"

namespace sluice::app {

class FailingDisk {
 public:
  FailingDisk() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    CHECK(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    rlimit limit = before_;
    limit.rlim_cur = 0;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;
  ~FailingDisk() {
    CHECK(setrlimit(RLIMIT_FSIZE, &before_) == 0);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

}  // namespace sluice::app
