#pragma once
// The commands of the program. Each adds itself to the command line when it is made; main() runs
// the chosen one and exits with what it returns.

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "app/forecast.hpp"
#include "app/query_text.hpp"
#include "app/replay_text.hpp"
#include "config/parse.hpp"
#include "core/log.hpp"
#include "core/result.hpp"

namespace CLI {
class App;
}

namespace sluice::hal {
class Clock;
}

namespace sluice::app {

class LastGood;
class StartHistory;
struct Identity;

// Exit statuses, the same for every command.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;    // it did not work out; mistakes in a configuration too
inline constexpr int kWrongUse = 2;  // wrong command line, or a file that cannot be read
inline constexpr int kAlreadyRunning = 3;

// Says on standard error why a command ends with `status`, and returns that.
inline int fail(const std::string& message, int status) {
  std::fprintf(stderr, "sluice: %s\n", message.c_str());
  return status;
}

class RunCommand {
 public:
  explicit RunCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  // What the command line says comes in the place of what the file says.
  std::optional<config::Problem> override(config::Config& config) const;
  std::variant<config::Config, config::Problems> load() const;
  std::optional<config::Config> load_last_good(const LastGood& last_good) const;
  // Where state is, as far as it is known: a file with mistakes does not say.
  config::GatewayOptions places(const std::variant<config::Config, config::Problems>& asked) const;
  Result<> serve(const config::Config& config, const Identity& identity,
                 const std::function<void(const std::string&)>& proven, StartHistory& history,
                 hal::Clock& clock);
  // The exit status.
  static int conclude(StartHistory& history, const Result<>& outcome);

  CLI::App* command_;
  std::string config_file_;
  std::string broker_;
  std::string state_directory_;
  std::string run_directory_;
  LogLevel log_level_ = LogLevel::kInfo;
  std::string final_status_file_;
  double seconds_ = 0;
};

class CheckCommand {
 public:
  explicit CheckCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  CLI::App* command_;
  std::string file_;
};

// Commands that ask the running gateway: `status` and `acknowledge`.
class AskCommand {
 public:
  enum class Question { kStatus, kAcknowledge };
  AskCommand(CLI::App& program, Question question);
  bool chosen() const;
  int run();

 private:
  Question question_;
  CLI::App* command_;
  std::string run_directory_;
  std::string alert_;
  bool json_ = false;
};

// Puts every output that is a device into its safe state, for when no gateway does.
class OutputsCommand {
 public:
  explicit OutputsCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  std::optional<config::Config> load() const;

  CLI::App* command_;
  std::string file_;
  std::string state_directory_;
  bool safe_ = false;
};

// Commands that look at the board: `probe` and `init`.
class SurveyCommand {
 public:
  enum class Purpose { kProbe, kInit };
  SurveyCommand(CLI::App& program, Purpose purpose);
  bool chosen() const;
  int run();

 private:
  static int print(const std::string& text);
  // Never over a file that is there.
  int write(const std::string& text) const;

  Purpose purpose_;
  CLI::App* command_;
  std::string file_;
  std::string sysfs_;
  std::string dev_;
  bool no_i2c_ = false;
};

// Looks into the buffer, while a gateway runs or not.
class QueryCommand {
 public:
  explicit QueryCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  Result<QuerySpan> span() const;
  int show_readings(storage::Reader& reader, const QuerySpan& span, QueryFormat format) const;
  int show_windows(storage::Reader& reader, const QuerySpan& span, QueryFormat format) const;

  CLI::App* command_;
  std::string channel_;
  std::string from_;
  std::string to_;
  std::string since_;
  std::string window_;
  std::string state_directory_;
  std::string aggregates_;
  std::string format_;
};

// Why an alert was raised.
class ExplainCommand {
 public:
  explicit ExplainCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  CLI::App* command_;
  std::string alert_;
  std::string before_;
  std::string after_;
  std::string config_file_;
  std::string state_directory_;
};

// Runs what is stored through another configuration.
class ReplayCommand {
 public:
  explicit ReplayCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  Result<ReplaySpan> span() const;
  Result<ReplayAnswer> work(storage::Reader& reader, const ReplaySpan& span,
                            const config::Config& wanted,
                            const std::optional<config::Config>& against) const;

  CLI::App* command_;
  std::string config_file_;
  std::string against_file_;
  std::string state_directory_;
  std::string since_;
  std::string until_;
  std::string warm_up_;
  std::string format_;
  bool no_bytes_ = false;
};

// Works out what a configuration will cost.
class PlanCommand {
 public:
  explicit PlanCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  Result<ForecastOptions> options() const;

  CLI::App* command_;
  std::string file_;
  std::string outage_;
  std::string link_rate_;
  std::string measured_;
  std::string format_;
  double alarms_per_day_;
};

class DecodeCommand {
 public:
  explicit DecodeCommand(CLI::App& program);
  bool chosen() const;
  int run();

 private:
  CLI::App* command_;
  std::string file_;
};

}  // namespace sluice::app
