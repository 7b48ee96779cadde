#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "collector/asker.hpp"
#include "collector/commands.hpp"
#include "collector/export.hpp"
#include "collector/line.hpp"
#include "hal/process/identity.hpp"
#include "hal/system_clock.hpp"
#include "uplink/topics.hpp"

namespace sluice::collector {
namespace {

constexpr Duration kWait = std::chrono::milliseconds(100);

int fail(const std::string& message, int status) {
  std::fprintf(stderr, "sluice-collector: %s\n", message.c_str());
  return status;
}

// Seconds since a boot, such as "3600.5", as exports have them.
Result<std::int64_t> parse_boot_seconds(const std::string& text) {
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
  constexpr double kSecondsMax = 9e9;
  if (error != std::errc{} || stopped != end || !(seconds >= 0 && seconds <= kSecondsMax)) {
    return Error{ErrorCode::kInvalid,
                 "\"" + text + "\" are no seconds since a boot: with --run write 3600.5"};
  }
  return static_cast<std::int64_t>(std::llround(seconds * 1e9));
}

Result<std::int64_t> parse_end(const std::string& text, bool since_boot) {
  if (since_boot) return parse_boot_seconds(text);
  const Result<WallTime> time = parse_time(text);
  if (!time) return time.error();
  return to_ns(*time);
}

const char* words_for(uplink::CommandFault fault) {
  switch (fault) {
    case uplink::CommandFault::kUnknownChannel:
      return "it has no readings of a channel of that name";
    case uplink::CommandFault::kUnknownRun:
      return "it remembers nothing of that run";
    case uplink::CommandFault::kUnknownClock:
      return "it does not know when that was: no clock it could trust; ask by --run";
    case uplink::CommandFault::kBusy:
      return "it has too many requests to carry out; try again later";
    case uplink::CommandFault::kMalformed:
      return "it does not understand the command: is it of an older version?";
    case uplink::CommandFault::kNone:
      break;
  }
  return "it does not say why";
}

std::string time_text(std::int64_t ns, bool since_boot) {
  if (!since_boot) return to_iso8601(wall_time_from_ns(ns));
  std::string text(32, '\0');
  text.resize(static_cast<std::size_t>(
      std::snprintf(text.data(), text.size(), "boot+%.3fs", static_cast<double>(ns) / 1e9)));
  return text;
}

void print_text(const uplink::CommandAnswer& answer, bool since_boot) {
  std::printf("%llu readings in %llu chunks come before others\n",
              static_cast<unsigned long long>(answer.readings),
              static_cast<unsigned long long>(answer.chunks));
  for (const uplink::TimeSpan& span : answer.absent) {
    std::printf("none there from %s to %s: delivered, dropped, or never measured\n",
                time_text(span.from_ns, since_boot).c_str(),
                time_text(span.to_ns, since_boot).c_str());
  }
  if (answer.boots_without_clock == 0) return;
  std::printf("left out %llu boots in which the clock could not be trusted: ask by --run\n",
              static_cast<unsigned long long>(answer.boots_without_clock));
}

// The gateway's answer as it came; what was not answered as {"id", "state": "sent"}.
void print_json(const std::string& id, const uplink::CommandAnswer* answer) {
  if (answer == nullptr) {
    std::printf("%s\n", nlohmann::ordered_json{{"id", id}, {"state", "sent"}}.dump().c_str());
    return;
  }
  const Bytes json = encode(*answer);
  std::printf("%.*s\n", static_cast<int>(json.size()), reinterpret_cast<const char*>(json.data()));
}

}  // namespace

RequestCommand::RequestCommand(CLI::App& program)
    : command_(program.add_subcommand(
          "request", "Have a gateway send raw readings of a channel before others")) {
  broker_.add_to(*command_);
  command_->add_option("--gateway", gateway_, "Its id")->required();
  command_->add_option("--channel", channel_, "Its name")->required();
  command_->add_option("--from", from_, "Not before, such as 2026-01-31T12:30 (UTC)")->required();
  command_->add_option("--to", to_, "Not after")->required();
  command_->add_option("--run", run_,
                       "Then --from and --to are seconds since the boot of this run");
  command_->add_option("--id", id_, "Of the request, without it a random one: one is done once");
  command_->add_flag("--wait", wait_, "Until the gateway has done it");
  command_->add_option("--timeout", timeout_s_, "Longest time for all of it, in seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command_->add_flag("--json", json_, "For programs");
}

bool RequestCommand::chosen() const {
  return command_->parsed();
}

Result<uplink::RawCommand> RequestCommand::command() const {
  uplink::RawCommand command{id_, channel_, {}, {}};
  if (id_.empty()) {
    const Result<RunId> random = hal::random_run_id();
    if (!random) return random.error();
    command.id = to_hex(*random);
  }
  for (const std::string& id : {command.id, gateway_}) {
    if (!uplink::is_id(id)) {
      return Error{ErrorCode::kInvalid,
                   "\"" + id + "\" is no id: 1 to 64 letters, digits, - and _"};
    }
  }
  if (!run_.empty()) {
    const Result<RunId> run = parse_run_id(run_);
    if (!run) return run.error();
    command.run = *run;
  }
  const Result<std::int64_t> from = parse_end(from_, command.run.has_value());
  if (!from) return from.error();
  const Result<std::int64_t> to = parse_end(to_, command.run.has_value());
  if (!to) return to.error();
  command.span = {*from, *to};
  if (*from > *to) return Error{ErrorCode::kInvalid, "--from is after --to"};
  if (!uplink::decode_command(encode(command))) {
    return Error{ErrorCode::kInvalid, "no channel has such a name"};
  }
  return command;
}

int RequestCommand::run() {
  const Result<uplink::RawCommand> command = this->command();
  if (!command) return fail(command.error().message, kWrongUse);
  const Result<uplink::LinkOptions> options = broker_.link_options();
  if (!options) return fail(options.error().message, kWrongUse);
  const hal::SystemClock clock;
  Result<uplink::MqttSession> session = BrokerOptions::session(clock);
  if (!session) return fail(session.error().message, kFailed);
  session->subscriptions = Asker::subscriptions(gateway_);
  uplink::MqttLink link(*options, std::move(*session));
  Asker asker(*command, gateway_,
              wait_ ? Asker::Patience::kUntilDone : Asker::Patience::kUntilTaken, link);
  const Instant end =
      clock.now() + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(timeout_s_));
  Asker::Outcome outcome = asker.step(clock.now());
  while (outcome == Asker::Outcome::kUnderWay && clock.now() < end) {
    link.wait(kWait);
    outcome = asker.step(clock.now());
  }
  link.close();
  return report(asker, outcome, *command);
}

int RequestCommand::report(const Asker& asker, Asker::Outcome outcome,
                           const uplink::RawCommand& command) const {
  const std::string again = "; ask again with --id " + command.id;
  switch (outcome) {
    case Asker::Outcome::kNoLink:
      return fail("no connection to the broker: " + asker.why(), kFailed);
    case Asker::Outcome::kRefused:
      return fail("the broker does not pass it on: " + asker.why(), kFailed);
    case Asker::Outcome::kUnderWay:
      if (asker.answer()) return fail("the gateway is not done yet" + again, kFailed);
      if (!asker.online()) return fail("the broker knows of no gateway " + gateway_, kFailed);
      return fail("gateway " + gateway_ +
                      (*asker.online() ? " does not answer" : " is not connected") + again,
                  kFailed);
    case Asker::Outcome::kTaken:
      if (json_) print_json(command.id, nullptr);
      if (!json_) std::printf("sent, id %s\n", command.id.c_str());
      return std::fflush(stdout) == 0 ? kDone : kFailed;
    case Asker::Outcome::kDone:
      break;
  }
  const uplink::CommandAnswer& answer = *asker.answer();
  if (json_) print_json(command.id, &answer);
  if (answer.state == uplink::CommandState::kFailed) {
    return fail("gateway " + gateway_ + " says: " + words_for(answer.fault), kFailed);
  }
  if (!json_) print_text(answer, command.run.has_value());
  return std::fflush(stdout) == 0 ? kDone : kFailed;
}

}  // namespace sluice::collector
