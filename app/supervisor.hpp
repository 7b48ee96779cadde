#pragma once
// The main thread's work while the others run: signals, the local door, reloads, clock records.

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "app/gateway.hpp"
#include "app/local_api.hpp"
#include "app/service_reports.hpp"
#include "app/threads.hpp"
#include "config/parse.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/clock.hpp"
#include "hal/process/notify_socket.hpp"

namespace sluice::app {

class Supervisor {
 public:
  // Longer than starts belong together (app/start_history.hpp): what lasts is not their cause.
  static constexpr Duration kProven = std::chrono::minutes(5);

  struct Options {
    // Reads the configuration again, as at start; called on SIGHUP.
    std::function<std::variant<config::Config, config::Problems>()> load;
    // Told the hash of a configuration once it has been in force for kProven.
    std::function<void(const std::string& config_hash)> proven = {};
    Duration run_for{};             // ends by itself after this; 0: at SIGTERM or SIGINT
    hal::NotifySocket notify = {};  // whom to tell how it goes
  };
  // All outlive it. Blocks SIGTERM, SIGINT and SIGHUP for threads started later: make it first.
  Supervisor(const Options& options, hal::Clock& clock);
  ~Supervisor();

  // Serves until told to end.
  Result<> run(Gateway& gateway, Threads& threads);

 private:
  enum class Told { kNothing, kReload, kEnd };
  Told take_signal();
  // False when the configuration was refused.
  bool reload(Gateway& gateway);
  void note_clock(Gateway& gateway);
  void note_proven(const Gateway& gateway);
  std::string answer(Gateway& gateway, const Threads& threads, std::string_view request);

  Options options_;
  hal::Clock& clock_;
  Instant started_;
  Instant applied_;  // the configuration in force
  bool proven_ = false;
  int signals_ = -1;  // signalfd
  bool clock_noted_ = false;
  bool clock_synchronised_ = false;
  Instant clock_noted_at_;
};

}  // namespace sluice::app
