#pragma once
// What the service manager hears of the gateway: when it is ready, how it does, reloads, the end,
// and that its threads come round. Main thread.

#include <string>
#include <utility>

#include "app/gateway.hpp"
#include "app/watchdog.hpp"
#include "core/time.hpp"
#include "hal/process/notify_socket.hpp"

namespace sluice::app {

class ServiceReports {
 public:
  // A status is repeated no more often, and not when it is the same.
  static constexpr Duration kStatusEvery = std::chrono::seconds(10);

  ServiceReports(hal::NotifySocket notify, Watchdog watchdog)
      : notify_(std::move(notify)), watchdog_(std::move(watchdog)) {}

  // Call at least twice a second. Says READY=1 once every thread has come round, storage too, with
  // or without success; from then on feeds the watchdog and tells the status.
  void tend(const Gateway& gateway, Instant now);
  // Nobody listens, or it was told that the gateway is ready.
  bool settled() const { return ready_ || !notify_.has_listener(); }

  void reloading();
  // `applied`: or else it was refused, and the old configuration stays.
  void reloaded(const Gateway& gateway, bool applied);
  void stopping();

 private:
  void feed_watchdog(Instant now);

  hal::NotifySocket notify_;
  Watchdog watchdog_;
  bool ready_ = false;
  Instant feed_at_;
  std::string complained_of_;  // threads, in the log
  bool reload_refused_ = false;
  std::string status_;  // as it was told
  bool complaint_told_ = false;
  Instant status_at_;
};

// One line, for `systemctl status`.
std::string service_status(const Gateway& gateway, const std::string& missing, bool reload_refused);

}  // namespace sluice::app
