#include "app/supervisor.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <vector>

#include "app/requests.hpp"
#include "app/status.hpp"
#include "core/check.hpp"
#include "core/log.hpp"

namespace sluice::app {
namespace {

constexpr int kTendEveryMs = 500;
// While the service manager waits for the gateway to be ready.
constexpr int kTendWhileStartingEveryMs = 20;
// A crystal drifts some 20 ppm: 12 ms in this time.
constexpr Duration kClockEvery = std::chrono::minutes(10);

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Supervisor::Supervisor(const Options& options, hal::Clock& clock)
    : options_(options), clock_(clock), started_(clock.now()), applied_(started_) {
  sigset_t handled;
  sigemptyset(&handled);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&handled, signal);
  CHECK(pthread_sigmask(SIG_BLOCK, &handled, nullptr) == 0);
  // A full disk and a closed pipe are errors to handle, not reasons to die.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  signals_ = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
  CHECK(signals_ >= 0);
}

Supervisor::~Supervisor() {
  close(signals_);
}

Result<> Supervisor::run(Gateway& gateway, Threads& threads) {
  Result<LocalApi> door =
      LocalApi::listen(socket_path(gateway.config().gateway.run_directory),
                       [&](std::string_view request) { return answer(gateway, threads, request); });
  if (!door.ok()) return door.error();

  ServiceReports reports(options_.notify, Watchdog(threads.vitals(), clock_.now()));
  for (;;) {
    std::array<pollfd, 2> waited = {{{signals_, POLLIN, 0}, {door->descriptor(), POLLIN, 0}}};
    poll(waited.data(), waited.size(),
         reports.settled() ? kTendEveryMs : kTendWhileStartingEveryMs);
    switch (take_signal()) {
      case Told::kEnd:
        reports.stopping();
        return Ok{};
      case Told::kReload:
        reports.reloading();
        reports.reloaded(gateway, reload(gateway));
        break;
      case Told::kNothing:
        break;
    }
    door->serve();
    gateway.tend(clock_.now());
    threads.tend();
    note_clock(gateway);
    note_proven(gateway);
    reports.tend(gateway, clock_.now());
    if (options_.run_for > Duration::zero() && clock_.now() - started_ >= options_.run_for) {
      reports.stopping();
      return Ok{};
    }
  }
}

Supervisor::Told Supervisor::take_signal() {
  signalfd_siginfo signal{};
  if (read(signals_, &signal, sizeof(signal)) != sizeof(signal)) return Told::kNothing;
  return signal.ssi_signo == SIGHUP ? Told::kReload : Told::kEnd;
}

bool Supervisor::reload(Gateway& gateway) {
  const std::variant<config::Config, config::Problems> outcome = options_.load();
  if (const auto* problems = std::get_if<config::Problems>(&outcome)) {
    for (const config::Problem& problem : *problems) log(LogLevel::kError, problem.text());
    log(LogLevel::kError, "the configuration was not reloaded; the old one goes on");
    return false;
  }
  const Result<std::vector<std::string>> applied =
      gateway.reload(std::get<config::Config>(outcome), clock_.now());
  if (!applied.ok()) {
    log(LogLevel::kError,
        "the configuration was not reloaded, the old one goes on: " + applied.error().message);
    return false;
  }
  applied_ = clock_.now();
  proven_ = false;
  log(LogLevel::kInfo, "configuration " + gateway.config().hash + " applied");
  if (!applied->empty()) {
    log(LogLevel::kWarning, "changes in [" + joined(*applied) + "] need a restart");
  }
  return true;
}

void Supervisor::note_clock(Gateway& gateway) {
  const Instant now = clock_.now();
  const hal::Clock::WallTrust trust = clock_.wall_trust();
  const bool changed = trust.synchronised != clock_synchronised_;
  if (clock_noted_ && !changed && now - clock_noted_at_ < kClockEvery) return;
  if (!gateway.note_clock({now, clock_.wall(), trust.uncertainty, trust.synchronised})) return;
  clock_noted_ = true;
  clock_noted_at_ = now;
  clock_synchronised_ = trust.synchronised;
}

void Supervisor::note_proven(const Gateway& gateway) {
  if (proven_ || clock_.now() - applied_ < kProven) return;
  proven_ = true;
  if (options_.proven) options_.proven(gateway.config().hash);
}

std::string Supervisor::answer(Gateway& gateway, const Threads& threads, std::string_view request) {
  if (request == kStatusRequest) {
    return status_json(gateway, surroundings(threads.grant(), started_), clock_.now());
  }
  const std::string acknowledge = std::string(kAcknowledgeRequest) + " ";
  if (request.starts_with(acknowledge)) {
    const Result<> acknowledged = gateway.acknowledge(request.substr(acknowledge.size()));
    return acknowledged.ok() ? kAcceptedAnswer : acknowledged.error().message;
  }
  return "unknown request; known are: status, acknowledge ALERT";
}

}  // namespace sluice::app
