#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/last_good.hpp"
#include "app/replay.hpp"
#include "app/replay_text.hpp"
#include "config/config.hpp"
#include "config/parse.hpp"
#include "config/units.hpp"
#include "core/time_text.hpp"
#include "hal/system_clock.hpp"

namespace sluice::app {
namespace {

constexpr Duration kDay = std::chrono::hours(24);

// Nothing after it has told what is wrong.
std::optional<config::Config> load(const std::string& file) {
  std::variant<config::Config, config::Problems> outcome = config::load(file);
  if (auto* const config = std::get_if<config::Config>(&outcome)) return std::move(*config);
  for (const config::Problem& problem : std::get<config::Problems>(outcome)) {
    std::fprintf(stderr, "%s\n", problem.text().c_str());
  }
  return std::nullopt;
}

void add_names(const config::Config& config, std::vector<std::string>& names) {
  for (const config::ChannelOptions& channel : config.channels) {
    if (std::find(names.begin(), names.end(), channel.spec.name) == names.end()) {
      names.push_back(channel.spec.name);
    }
  }
}

std::set<std::string> hashes_of(const RecordedRuns& runs) {
  std::set<std::string> hashes;
  for (const RecordedRun& run : runs.runs) {
    hashes.insert(run.config_hashes.begin(), run.config_hashes.end());
  }
  return hashes;
}

void add_notes(const RecordedRuns& runs, const ReplayOutcome& outcome,
               std::vector<std::string>& notes) {
  const auto note = [&](std::uint64_t count, const std::string& what) {
    if (count > 0) notes.push_back(std::to_string(count) + what);
  };
  note(runs.without_clock, " runs are left out, for nobody knows what time it was in them");
  note(runs.unreadable, " chunks of events cannot be read");
  note(outcome.unreadable, " chunks or frames of readings cannot be read");
  std::uint64_t unnamed = 0;
  for (const RecordedRun& run : runs.runs) unnamed += run.unnamed_steps;
  note(unnamed, " recorded alert steps are left out, for their names are in the buffer no more");
}

}  // namespace

ReplayCommand::ReplayCommand(CLI::App& program)
    : command_(program.add_subcommand(
          "replay", "Show what another configuration would have made of the stored readings")),
      state_directory_("/var/lib/sluice"),
      since_("1d"),
      warm_up_("1d"),
      format_("text") {
  command_->add_option("--config", config_file_, "Configuration file to be tried")->required();
  command_->add_option("--against", against_file_,
                       "Compare with a replay of this one instead of with what happened");
  command_->add_option("--since", since_, "So long before --until, such as 7d")
      ->capture_default_str();
  command_->add_option("--until", until_, "2026-01-31T12:30:05, in UTC; without it now");
  command_
      ->add_option("--warm-up", warm_up_,
                   "How much of what came before the rules shall know; counts for nothing else")
      ->capture_default_str();
  command_->add_flag("--no-bytes", no_bytes_, "Do not encode what would be sent: faster");
  command_->add_option("--format", format_, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command_->add_option("--state-directory", state_directory_, "Where the gateway keeps its buffer")
      ->capture_default_str();
}

bool ReplayCommand::chosen() const {
  return command_->parsed();
}

Result<ReplaySpan> ReplayCommand::span() const {
  ReplaySpan span;
  span.to = hal::SystemClock().wall();
  if (!until_.empty()) {
    const Result<WallTime> until = parse_time(until_);
    if (!until) return until.error();
    span.to = *until;
  }
  const Result<Duration> since = config::parse_duration(since_);
  if (!since) return since.error();
  const Result<Duration> warm_up = config::parse_duration(warm_up_);
  if (!warm_up) return warm_up.error();
  // Beyond, times would leave the axis.
  constexpr Duration kMax = 3'660 * kDay;
  if (*since == Duration::zero() || *since > kMax || *warm_up > kMax) {
    return Error{ErrorCode::kInvalid, "--since is more than 0s, and both are 10 years at most"};
  }
  span.from = span.to - *since;
  span.warm_up = *warm_up;
  span.volumes = !no_bytes_;
  return span;
}

int ReplayCommand::run() {
  const Result<ReplaySpan> span = this->span();
  if (!span) return fail(span.error().message, kWrongUse);
  const std::optional<config::Config> wanted = load(config_file_);
  if (!wanted) return kFailed;
  std::optional<config::Config> against;
  if (!against_file_.empty() && !(against = load(against_file_))) return kFailed;
  Result<storage::Reader> reader = storage::Reader::open(config::database_path(state_directory_));
  if (!reader) return fail(reader.error().message, kWrongUse);
  const Result<ReplayAnswer> answer = work(*reader, *span, *wanted, against);
  if (!answer) return fail(answer.error().message, kFailed);
  const std::string text = format_ == "json" ? replay_json(*answer) : replay_text(*answer);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? kDone : kFailed;
}

Result<ReplayAnswer> ReplayCommand::work(storage::Reader& reader, const ReplaySpan& span,
                                         const config::Config& wanted,
                                         const std::optional<config::Config>& against) const {
  ReplayAnswer answer;
  answer.span = span;
  const std::optional<config::Config> last_good =
      LastGood(state_directory_).load(state_directory_ + "/last_good.toml");
  std::vector<std::string> names;
  add_names(wanted, names);
  if (against) add_names(*against, names);
  if (last_good) add_names(*last_good, names);
  Result<RecordedRuns> runs = recorded_runs(reader, names, span.from, span.to);
  if (!runs) return runs.error();
  answer.runs = *std::move(runs);

  // What the readings have been through. A configuration that is known to have been in force is
  // better than one that is only said to have been.
  const std::set<std::string> hashes = hashes_of(answer.runs);
  const config::Config* recorded = against ? &*against : last_good ? &*last_good : nullptr;
  if (against && last_good && !hashes.contains(against->hash) && hashes.contains(last_good->hash)) {
    recorded = &*last_good;
  }
  if (recorded == nullptr) {
    answer.notes.emplace_back(
        "nobody knows the configuration that the readings were recorded under; --against names it");
  } else if (!hashes.empty() && (hashes.size() > 1 || !hashes.contains(recorded->hash))) {
    answer.notes.emplace_back(
        "the readings were recorded under other configurations too; their filters and ranges are "
        "taken to be those of " +
        (recorded == &*last_good ? std::string("the last good one") : against_file_));
  }

  const ReplayConfig config = replay_config(wanted, recorded, answer.runs.runs);
  answer.notes.insert(answer.notes.end(), config.notes.begin(), config.notes.end());
  if (config.feeds.empty()) {
    std::string message = "nothing is stored in that time of any channel in " + config_file_;
    if (answer.runs.without_clock > 0) {
      message += "; of " + std::to_string(answer.runs.without_clock) +
                 " runs nobody knows what time it was: their clock was never right";
    }
    return Error{ErrorCode::kNotFound, message};
  }
  Result<ReplayOutcome> outcome = replay(reader, answer.runs, config, span);
  if (!outcome) return outcome.error();
  answer.replayed = {config_file_, *std::move(outcome)};
  if (against) {
    const ReplayConfig other = replay_config(*against, recorded, answer.runs.runs);
    Result<ReplayOutcome> before = replay(reader, answer.runs, other, span);
    if (!before) return before.error();
    answer.against = ReplayAnswer::Replayed{against_file_, *std::move(before)};
  }
  const Result<RecordedVolume> volume = recorded_volume(reader, answer.runs, span.from, span.to);
  if (!volume) return volume.error();
  answer.recorded = *volume;
  add_notes(answer.runs, answer.replayed.outcome, answer.notes);
  return answer;
}

}  // namespace sluice::app
