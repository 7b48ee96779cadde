#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "chunk/batch.hpp"
#include "collector/commands.hpp"
#include "collector/database.hpp"
#include "collector/printer.hpp"
#include "collector/receiver.hpp"
#include "collector/sqlite_sink.hpp"
#include "collector/version.hpp"
#include "config/broker.hpp"
#include "core/log.hpp"
#include "hal/identity.hpp"
#include "hal/log_sink.hpp"
#include "hal/system_clock.hpp"
#include "uplink/mqtt_link.hpp"

namespace sluice::collector {
namespace {

// Longest wait for the broker, and so the longest that a signal waits.
constexpr Duration kWait = std::chrono::milliseconds(200);
// A batch and its packet.
constexpr std::size_t kPacketBytesMax = chunk::kBatchBytesMax + 64 * 1024;

// Kept back from now on and asked for between two steps: no handler, nothing half done.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    // A reader of the printed lines that goes away is an error of fwrite(), not the end.
    std::signal(SIGPIPE, SIG_IGN);
  }
  bool want_end() const {
    const timespec no_wait{};
    return sigtimedwait(&set_, nullptr, &no_wait) > 0;
  }

 private:
  sigset_t set_{};
};

int fail(const Error& error, int status) {
  log(LogLevel::kError, "collector: " + error.message);
  return status;
}

Result<uplink::LinkOptions> link_options(const std::string& broker) {
  const bool has_scheme = broker.find("://") != std::string::npos;
  const Result<config::Broker> parsed =
      config::parse_broker(has_scheme ? broker : "mqtt://" + broker);
  if (!parsed) return parsed.error();
  uplink::LinkOptions options;
  options.host = parsed->host;
  options.port = parsed->port;
  options.use_tls = parsed->use_tls;
  return options;
}

}  // namespace

RunCommand::RunCommand(CLI::App& program)
    : command_(program.add_subcommand("run", "Receive until SIGTERM or Ctrl-C")) {
  command_->add_option("--broker", broker_, "[mqtt[s]://]HOST:PORT")->capture_default_str();
  command_->add_option("--database", database_, "SQLite file, made when there is none")->required();
  command_->add_option("--credentials", credentials_file_,
                       "File of two lines, user name and password, mode 0600");
  command_->add_option("--ca", tls_.ca_file, "Certificates of whom to trust; mqtts:// needs it");
  CLI::Option* const certificate =
      command_->add_option("--certificate", tls_.certificate_file, "The collector's own");
  CLI::Option* const key =
      command_->add_option("--key", tls_.key_file, "Its key, mode 0600")->needs(certificate);
  certificate->needs(key);
  command_->add_option("--client-id", client_id_, "For the broker; without it a random one");
  command_->add_option("--print", print_, "Print readings and alerts as they are stored")
      ->check(CLI::IsMember({"lines", "json"}));
  command_->add_flag("--live", live_, "With --print: alerts too, at once, before they are stored");
}

bool RunCommand::chosen() const {
  return command_->parsed();
}

int RunCommand::run() {
  hal::install_log_sink(LogLevel::kInfo);
  const Signals signals;
  Result<uplink::LinkOptions> options = link_options(broker_);
  if (!options) return fail(options.error(), kWrongUse);
  const Result<RunId> random = hal::random_run_id();
  if (!random) return fail(random.error(), kFailed);
  // Two clients of one name throw each other off the broker.
  options->client_id =
      client_id_.empty() ? "sluice-collector-" + to_hex(*random).substr(0, 8) : client_id_;
  options->credentials_file = credentials_file_;
  options->tls = tls_;
  if (options->use_tls && tls_.ca_file.empty()) {
    return fail({ErrorCode::kInvalid, "mqtts:// needs --ca: whom to trust"}, kWrongUse);
  }

  Result<SqliteSink> sink = SqliteSink::open(database_);
  if (!sink) return fail(sink.error(), kWrongUse);
  std::optional<Printer> printer;
  Watcher watcher;
  if (!print_.empty()) {
    Result<storage::Connection> reader = open_for_reading(database_);
    if (!reader) return fail(reader.error(), kWrongUse);
    printer.emplace(std::move(*reader), print_ == "json" ? Format::kJson : Format::kLines, stdout);
    watcher.stored = [&printer](const Shipment& shipment, const Receipt& receipt) {
      printer->stored(shipment, receipt);
    };
    if (live_) {
      watcher.live = [&printer](const std::string& gateway, const uplink::Live& live) {
        printer->live(gateway, live);
      };
    }
  }

  uplink::MqttSession session;
  session.subscriptions = Receiver::subscriptions();
  session.packet_bytes_max = kPacketBytesMax;
  std::memcpy(&session.seed, random->bytes.data(), sizeof(session.seed));
  const hal::SystemClock clock;
  session.wall_clock = [&clock] {
    return uplink::MqttSession::WallClock{clock.wall(), clock.wall_trust().synchronised};
  };
  session.built = wall_time_from_ns(kBuiltAt * 1'000'000'000);
  uplink::MqttLink link(*options, std::move(session));
  Receiver receiver(*sink, link, std::move(watcher));
  log(LogLevel::kInfo, "collector: keeping in " + database_ + " what comes over " + broker_);
  while (!signals.want_end()) {
    receiver.step(clock.now(), clock.wall());
    link.wait(kWait);
  }
  link.close();
  log(LogLevel::kInfo,
      "collector: ended; " + std::to_string(receiver.counters().chunks_stored) + " chunks stored");
  return kDone;
}

}  // namespace sluice::collector
