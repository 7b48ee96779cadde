#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/gateway.hpp"
#include "app/last_good.hpp"
#include "app/safe_mode.hpp"
#include "app/start_history.hpp"
#include "app/status.hpp"
#include "app/supervisor.hpp"
#include "app/threads.hpp"
#include "app/version.hpp"
#include "config/broker.hpp"
#include "config/parse.hpp"
#include "core/log.hpp"
#include "hal/process/identity.hpp"
#include "hal/process/log_sink.hpp"
#include "hal/process/notify_socket.hpp"
#include "hal/system_clock.hpp"
#include "uplink/mqtt_link.hpp"
#include "uplink/route_watch.hpp"

namespace sluice::app {
namespace {

// As the file of a problem that only who typed the command can mend.
constexpr const char* kCommandLine = "command line";

Result<Identity> identify() {
  const Result<RunId> run = hal::random_run_id();
  if (!run.ok()) return run.error();
  const Result<std::string> boot = hal::boot_id();
  if (!boot.ok()) return boot.error();
  return Identity{*run, *boot, kVersion};
}

// A folder of ours, closed to others.
Result<> make_folder(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::create_directories(path, failure)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, failure);
  }
  if (!std::filesystem::is_directory(path)) {
    return Error{ErrorCode::kUnavailable,
                 "cannot make the folder " + path + ": " + failure.message()};
  }
  return Ok{};
}

// `clock` outlives the link.
std::unique_ptr<uplink::Link> make_link(const config::Config& config, const RunId& run,
                                        const hal::Clock& clock) {
  const config::UplinkOptions& options = config.uplink;
  if (!options.enabled) return nullptr;
  uplink::MqttSession session;
  session.last_will = uplink::Uplink::last_will(options.delivery, run);
  session.subscriptions = uplink::Uplink::subscriptions(options.delivery);
  session.may_be_refused = uplink::Uplink::commands(options.delivery);
  std::memcpy(&session.seed, run.bytes.data(), sizeof(session.seed));
  session.wall_clock = [&clock] {
    return uplink::MqttSession::WallClock{clock.wall(), clock.wall_trust().synchronised};
  };
  session.built = wall_time_from_ns(kBuiltAt * 1'000'000'000);
  session.good_time_file = config.gateway.state_directory + "/good_time";
  return std::make_unique<uplink::MqttLink>(options.link, std::move(session),
                                            uplink::watch_routes());
}

}  // namespace

RunCommand::RunCommand(CLI::App& program)
    : command_(program.add_subcommand("run", "Run the gateway until SIGTERM or Ctrl-C")),
      config_file_("/etc/sluice/sluice.toml") {
  command_->add_option("--config", config_file_, "Configuration file, read again on SIGHUP")
      ->capture_default_str();
  command_->add_option("--broker", broker_, "Instead of uplink.broker: mqtt[s]://HOST:PORT");
  command_->add_option("--state-directory", state_directory_, "Instead of gateway.state_directory");
  command_->add_option("--run-directory", run_directory_, "Instead of gateway.run_directory");
  const std::map<std::string, LogLevel> levels = {{"debug", LogLevel::kDebug},
                                                  {"info", LogLevel::kInfo},
                                                  {"warning", LogLevel::kWarning},
                                                  {"error", LogLevel::kError}};
  command_->add_option("--log-level", log_level_, "debug, info, warning or error")
      ->transform(CLI::CheckedTransformer(levels))
      ->default_str("info");
  command_->add_option("--final-status", final_status_file_,
                       "Write the last status there as JSON when ending");
  command_->add_option("--seconds", seconds_, "End by itself after this time")
      ->check(CLI::PositiveNumber);
}

bool RunCommand::chosen() const {
  return command_->parsed();
}

std::optional<config::Problem> RunCommand::override(config::Config& config) const {
  if (!broker_.empty()) {
    const Result<config::Broker> broker = config::parse_broker(broker_);
    if (!broker.ok()) {
      return config::Problem{kCommandLine, 0, 0, "--broker", broker.error().message};
    }
    if (broker->use_tls && config.uplink.link.tls.ca_file.empty()) {
      return config::Problem{kCommandLine, 0, 0, "--broker",
                             "mqtts:// needs uplink.tls.ca_file: whom to trust"};
    }
    config.uplink.link.host = broker->host;
    config.uplink.link.port = broker->port;
    config.uplink.link.use_tls = broker->use_tls;
    config.uplink.enabled = true;
  }
  if (!state_directory_.empty()) {
    config.gateway.state_directory = state_directory_;
    config.storage.path = config::database_path(state_directory_);
  }
  if (!run_directory_.empty()) config.gateway.run_directory = run_directory_;
  return std::nullopt;
}

std::variant<config::Config, config::Problems> RunCommand::load() const {
  std::variant<config::Config, config::Problems> loaded = config::load(config_file_);
  if (auto* const config = std::get_if<config::Config>(&loaded)) {
    if (const auto problem = override(*config)) return config::Problems{*problem};
  }
  return loaded;
}

std::optional<config::Config> RunCommand::load_last_good(const LastGood& last_good) const {
  std::optional<config::Config> config = last_good.load(config_file_);
  if (config && override(*config)) return std::nullopt;
  return config;
}

config::GatewayOptions RunCommand::places(
    const std::variant<config::Config, config::Problems>& asked) const {
  if (const auto* const config = std::get_if<config::Config>(&asked)) return config->gateway;
  config::GatewayOptions options;
  if (!state_directory_.empty()) options.state_directory = state_directory_;
  if (!run_directory_.empty()) options.run_directory = run_directory_;
  return options;
}

int RunCommand::run() {
  hal::install_log_sink(log_level_);
  const std::variant<config::Config, config::Problems> asked = load();
  const auto* const problems = std::get_if<config::Problems>(&asked);
  if (problems != nullptr) {
    for (const config::Problem& problem : *problems) log(LogLevel::kError, problem.text());
    if (problems->front().file == kCommandLine) return kWrongUse;
  }
  hal::SystemClock clock;
  Result<Identity> identity = identify();
  if (!identity.ok()) {
    log(LogLevel::kError, identity.error().message);
    return kFailed;
  }

  const config::GatewayOptions places = this->places(asked);
  const Result<> has_run_directory = make_folder(places.run_directory);
  StartHistory history(places.run_directory + "/starts");
  const LastGood last_good(places.state_directory);
  const StartHistory::Start start{identity->boot,
                                  problems != nullptr ? "-" : std::get<config::Config>(asked).hash,
                                  clock.now()};
  const std::optional<SafeMode> safe =
      SafeMode::choose(history.bad_starts(start), asked, load_last_good(last_good));
  history.begin(start, safe.has_value());
  if (problems != nullptr && !safe) {
    // Somebody at a terminal sees what is wrong, and mends it.
    if (isatty(STDERR_FILENO) == 0) history.failed(problems->front().text());
    return problems->front().line == 0 ? kWrongUse : kFailed;
  }
  if (safe) {
    identity->safe_mode = safe->reason;
    log(LogLevel::kError, "safe mode: " + safe->reason + ". Mend the cause, then restart");
  }
  const config::Config& config = safe ? safe->config : std::get<config::Config>(asked);
  const auto proven = [&](const std::string& hash) {
    if (safe && hash == safe->config.hash) return;
    if (const Result<> kept = last_good.keep(config_file_, hash); !kept.ok()) {
      log(LogLevel::kWarning, "not kept as the last good configuration: " + kept.error().message);
    }
  };
  return conclude(history, has_run_directory.ok() ? serve(config, *identity, proven, history, clock)
                                                  : has_run_directory);
}

Result<> RunCommand::serve(const config::Config& config, const Identity& identity,
                           const std::function<void(const std::string&)>& proven,
                           StartHistory& history, hal::Clock& clock) {
  if (Result<> made = make_folder(config.gateway.state_directory); !made.ok()) return made;
  Supervisor supervisor(
      {[this] { return load(); }, proven,
       std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds_)),
       hal::NotifySocket::from_environment()},
      clock);
  const Instant started = clock.now();
  Result<std::unique_ptr<Gateway>> gateway =
      Gateway::open(config, identity, make_link(config, identity.run, clock), started);
  if (!gateway.ok()) return gateway.error();
  Result<std::unique_ptr<Threads>> threads = Threads::start(**gateway, clock);
  if (!threads.ok()) return threads.error();

  const RealtimeGrant grant = (*threads)->grant();
  log(LogLevel::kInfo, "gateway " + config.gateway.id + " runs, " +
                           std::to_string(config.channels.size()) + " channels, run " +
                           to_hex(identity.run));
  if (grant.degraded()) {
    log(LogLevel::kWarning,
        "rt=degraded: no real-time priority or no locked memory; allow it by the limits RTPRIO and "
        "MEMLOCK, or set realtime.priority = 0 and realtime.lock_memory = false");
  }
  const Result<> served = supervisor.run(**gateway, **threads);
  const Result<> stopped = (*threads)->stop();
  if (!final_status_file_.empty()) {
    std::ofstream(final_status_file_)
        << status_json(**gateway, surroundings(grant, started), clock.now()) << "\n";
  }
  if ((*threads)->some_hang()) {
    // A thread that hangs still uses what would be taken down on the way out of here.
    std::_Exit(conclude(history, served.ok() ? stopped : served));
  }
  return served.ok() ? stopped : served;
}

int RunCommand::conclude(StartHistory& history, const Result<>& outcome) {
  if (outcome.ok()) {
    history.ended();
    log(LogLevel::kInfo, "stopped; everything produced is stored");
    return kDone;
  }
  log(LogLevel::kError, outcome.error().message);
  if (outcome.error().code == ErrorCode::kRefused) return kAlreadyRunning;
  history.failed(outcome.error().message);
  return kFailed;
}

}  // namespace sluice::app
