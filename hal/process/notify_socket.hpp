#pragma once
// Tells the service manager that started this process how it does: the datagrams of systemd's
// sd_notify(3). They are written here because libsystemd, with the six libraries that it brings
// along, makes a process 1 MB larger (measured: PSS, systemd 252), an eighth of what the gateway
// may have. One thread.

#include <string>
#include <string_view>
#include <utility>

#include "core/time.hpp"

namespace sluice::hal {

class NotifySocket {
 public:
  // Nobody to tell: a program that was started by hand.
  NotifySocket() = default;
  // From the variables NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, as sd_notify(3) and
  // sd_watchdog_enabled(3) read them. Before other threads start.
  static NotifySocket from_environment();
  // `socket` is a path, or a name in the abstract name space after an '@'.
  NotifySocket(std::string socket, Duration watchdog)
      : socket_(std::move(socket)), watchdog_(watchdog) {}

  bool has_listener() const { return !socket_.empty(); }
  // The listener wants WATCHDOG=1 at least this often; zero: never.
  Duration watchdog() const { return watchdog_; }
  // Lines of the form NAME=VALUE. Never waits: false, when it could not be delivered just now or
  // nobody listens.
  bool tell(std::string_view lines) const;

 private:
  std::string socket_;
  Duration watchdog_{};
};

}  // namespace sluice::hal
