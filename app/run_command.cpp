#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/gateway.hpp"
#include "app/status.hpp"
#include "app/supervisor.hpp"
#include "app/threads.hpp"
#include "app/version.hpp"
#include "config/broker.hpp"
#include "config/parse.hpp"
#include "core/log.hpp"
#include "hal/identity.hpp"
#include "hal/log_sink.hpp"
#include "hal/system_clock.hpp"
#include "uplink/mqtt_link.hpp"
#include "uplink/route_watch.hpp"

namespace sluice::app {
namespace {

int fail(const Error& error) {
  log(LogLevel::kError, error.message);
  return error.code == ErrorCode::kRefused ? kAlreadyRunning : kFailed;
}

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

std::variant<config::Config, config::Problems> RunCommand::load() const {
  std::variant<config::Config, config::Problems> loaded = config::load(config_file_);
  auto* const config = std::get_if<config::Config>(&loaded);
  if (config == nullptr) return loaded;
  if (!broker_.empty()) {
    const Result<config::Broker> broker = config::parse_broker(broker_);
    if (!broker.ok()) {
      return config::Problems{{"command line", 0, 0, "--broker", broker.error().message}};
    }
    if (broker->use_tls && config->uplink.link.tls.ca_file.empty()) {
      return config::Problems{
          {"command line", 0, 0, "--broker", "mqtts:// needs uplink.tls.ca_file: whom to trust"}};
    }
    config->uplink.link.host = broker->host;
    config->uplink.link.port = broker->port;
    config->uplink.link.use_tls = broker->use_tls;
    config->uplink.enabled = true;
  }
  if (!state_directory_.empty()) {
    config->gateway.state_directory = state_directory_;
    config->storage.path = config::database_path(state_directory_);
  }
  if (!run_directory_.empty()) config->gateway.run_directory = run_directory_;
  return loaded;
}

int RunCommand::run() {
  hal::install_log_sink(log_level_);
  const std::variant<config::Config, config::Problems> loaded = load();
  if (const auto* problems = std::get_if<config::Problems>(&loaded)) {
    for (const config::Problem& problem : *problems) log(LogLevel::kError, problem.text());
    return problems->front().line == 0 ? kWrongUse : kFailed;
  }
  const auto& config = std::get<config::Config>(loaded);
  for (const std::string& folder : {config.gateway.state_directory, config.gateway.run_directory}) {
    if (Result<> made = make_folder(folder); !made.ok()) return fail(made.error());
  }

  hal::SystemClock clock;
  Supervisor supervisor({[this] { return load(); }, std::chrono::duration_cast<Duration>(
                                                        std::chrono::duration<double>(seconds_))},
                        clock);
  const Result<Identity> identity = identify();
  if (!identity.ok()) return fail(identity.error());
  const Instant started = clock.now();
  Result<std::unique_ptr<Gateway>> gateway =
      Gateway::open(config, *identity, make_link(config, identity->run, clock), started);
  if (!gateway.ok()) return fail(gateway.error());
  Result<std::unique_ptr<Threads>> threads = Threads::start(**gateway, clock);
  if (!threads.ok()) return fail(threads.error());

  const RealtimeGrant grant = (*threads)->grant();
  log(LogLevel::kInfo, "gateway " + config.gateway.id + " runs, " +
                           std::to_string(config.channels.size()) + " channels, run " +
                           to_hex(identity->run));
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
  if (!stopped.ok() && stopped.error().code == ErrorCode::kTimeout) {
    // A thread that hangs still uses what would be taken down on the way out of here.
    std::_Exit(fail(stopped.error()));
  }
  if (!served.ok()) return fail(served.error());
  if (!stopped.ok()) return fail(stopped.error());
  log(LogLevel::kInfo, "stopped; everything produced is stored");
  return kDone;
}

}  // namespace sluice::app
