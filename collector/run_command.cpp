#include <csignal>
#include <cstdio>
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
#include "core/log.hpp"
#include "hal/process/identity.hpp"
#include "hal/process/log_sink.hpp"
#include "hal/process/notify_socket.hpp"
#include "hal/system_clock.hpp"
#include "uplink/mqtt_link.hpp"
#include "uplink/topics.hpp"

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

// What the service manager hears of the collector. Its one thread does everything, so a step of it
// is all the proof that the watchdog needs.
class Reports {
 public:
  void came_round(Instant now) {
    if (!ready_) ready_ = notify_.tell("READY=1");
    const bool due = notify_.watchdog() > Duration::zero() && now >= feed_at_;
    if (due && notify_.tell("WATCHDOG=1")) feed_at_ = now + notify_.watchdog() / 3;
  }
  void stopping() { static_cast<void>(notify_.tell("STOPPING=1")); }

 private:
  hal::NotifySocket notify_ = hal::NotifySocket::from_environment();
  bool ready_ = false;
  Instant feed_at_;
};

int fail(const Error& error, int status) {
  log(LogLevel::kError, "collector: " + error.message);
  return status;
}

}  // namespace

RunCommand::RunCommand(CLI::App& program)
    : command_(program.add_subcommand("run", "Receive until SIGTERM or Ctrl-C")) {
  broker_.add_to(*command_);
  command_->add_option("--database", database_, "SQLite file, made when there is none")->required();
  command_
      ->add_option("--share", share_,
                   "Name of a group, the same for several collectors of one machine with one "
                   "--database: the broker divides what gateways send among them. Adds a random "
                   "end to --client-id")
      ->check([](const std::string& group) {
        return uplink::is_id(group)
                   ? std::string()
                   : "a group is 1 to 64 of A-Z, a-z, 0-9, _ and -, not '" + group + "'";
      });
  command_->add_option(
      "--ack-key", ack_key_file_,
      "File of a secret, 16 bytes at least, mode 0600: acknowledgements are signed "
      "with it, for gateways with the same uplink.ack_key_file");
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
  const Result<uplink::LinkOptions> options = broker_.link_options(!share_.empty());
  if (!options) return fail(options.error(), kWrongUse);

  uplink::AckKey key;
  if (!ack_key_file_.empty()) {
    Result<uplink::AckKey> secret = uplink::AckKey::read(ack_key_file_);
    if (!secret) return fail(secret.error(), kWrongUse);
    key = std::move(*secret);
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

  const hal::SystemClock clock;
  Result<uplink::MqttSession> session = BrokerOptions::session(clock);
  if (!session) return fail(session.error(), kFailed);
  const Result<RunId> self = hal::random_run_id();
  if (!self) return fail(self.error(), kFailed);
  const Sharing sharing{share_, to_hex(*self)};
  session->subscriptions = Receiver::subscriptions(sharing);
  session->packet_bytes_max = kPacketBytesMax;
  uplink::MqttLink link(*options, std::move(*session));
  Receiver receiver(*sink, link, std::move(watcher), sharing, std::move(key));
  log(LogLevel::kInfo, "collector: keeping in " + database_ + " what comes over " +
                           broker_.broker() +
                           (share_.empty() ? "" : ", shared in group " + share_));
  Reports reports;
  while (!signals.want_end()) {
    receiver.step(clock.now(), clock.wall());
    reports.came_round(clock.now());
    link.wait(kWait);
  }
  reports.stopping();
  link.close();
  log(LogLevel::kInfo,
      "collector: ended; " + std::to_string(receiver.counters().chunks_stored) + " chunks stored");
  return kDone;
}

}  // namespace sluice::collector
