#include <cstdio>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/query.hpp"
#include "app/query_text.hpp"
#include "config/config.hpp"
#include "config/units.hpp"
#include "core/time_text.hpp"
#include "hal/system_clock.hpp"

namespace sluice::app {
namespace {

constexpr Duration kDay = std::chrono::hours(24);

bool print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
}

// What the answer leaves out, for whoever reads it.
void tell(const QueryTotals& totals) {
  if (totals.runs_without_clock > 0) {
    std::fprintf(stderr,
                 "sluice: left out %llu runs of which nobody knows what time it was: their clock "
                 "was never right\n",
                 static_cast<unsigned long long>(totals.runs_without_clock));
  }
  if (totals.unreadable > 0) {
    std::fprintf(stderr, "sluice: %llu chunks cannot be read\n",
                 static_cast<unsigned long long>(totals.unreadable));
  }
}

}  // namespace

QueryCommand::QueryCommand(CLI::App& program)
    : command_(program.add_subcommand(
          "query", "Show readings of a channel that are stored here, or summaries of windows")),
      state_directory_("/var/lib/sluice"),
      aggregates_("count,bad,min,mean,max"),
      format_("table") {
  command_->add_option("CHANNEL", channel_, "Name of the channel")->required();
  command_->add_option("--from", from_, "2026-01-31T12:30:05, in UTC; included");
  command_->add_option("--to", to_, "The same; not included; without it now");
  command_->add_option("--since", since_, "Instead of --from: so long before --to, such as 7d")
      ->capture_default_str();
  command_->add_option("--window", window_,
                       "Summaries of so long instead of readings, 1s to 24h, such as 15m; 24h are "
                       "days of the place");
  command_
      ->add_option("--agg", aggregates_,
                   "What of a window: count, bad, min, max, mean, sum, stddev, first, last, delta, "
                   "rate, p0 to p100")
      ->capture_default_str();
  command_->add_option("--format", format_, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  command_->add_option("--state-directory", state_directory_, "Where the gateway keeps its buffer")
      ->capture_default_str();
}

bool QueryCommand::chosen() const {
  return command_->parsed();
}

Result<QuerySpan> QueryCommand::span() const {
  QuerySpan span{channel_, {}, hal::SystemClock().wall()};
  if (!to_.empty()) {
    const Result<WallTime> to = parse_time(to_);
    if (!to) return to.error();
    span.to = *to;
  }
  if (from_.empty()) {
    Duration since = kDay;
    if (!since_.empty()) {
      const Result<Duration> parsed = config::parse_duration(since_);
      if (!parsed) return parsed.error();
      since = *parsed;
    }
    span.from = span.to - since;
    return span;
  }
  if (!since_.empty()) return Error{ErrorCode::kInvalid, "--from and --since exclude each other"};
  const Result<WallTime> from = parse_time(from_);
  if (!from) return from.error();
  span.from = *from;
  return span;
}

int QueryCommand::run() {
  const Result<QuerySpan> span = this->span();
  if (!span) return fail(span.error().message, kWrongUse);
  if (span->from >= span->to) return fail("--from is not before --to", kWrongUse);
  const std::map<std::string, QueryFormat> formats{
      {"table", QueryFormat::kTable}, {"csv", QueryFormat::kCsv}, {"json", QueryFormat::kJson}};
  const QueryFormat format = formats.at(format_);
  Result<storage::Reader> reader = storage::Reader::open(config::database_path(state_directory_));
  if (!reader) return fail(reader.error().message, kWrongUse);
  return window_.empty() ? show_readings(*reader, *span, format)
                         : show_windows(*reader, *span, format);
}

int QueryCommand::show_readings(storage::Reader& reader, const QuerySpan& span,
                                QueryFormat format) const {
  bool written = print(head_of(format));
  const Result<QueryTotals> totals = query_readings(reader, span, [&](const QueryReading& reading) {
    return written = written && print(line_of(reading, format));
  });
  if (!totals) return fail(totals.error().message, kFailed);
  tell(*totals);
  return written ? kDone : kFailed;
}

int QueryCommand::show_windows(storage::Reader& reader, const QuerySpan& span,
                               QueryFormat format) const {
  const Result<Duration> window = config::parse_duration(window_);
  if (!window) return fail(window.error().message, kWrongUse);
  if (*window < std::chrono::seconds(1) || *window > kDay) {
    return fail("--window is 1s to 24h", kWrongUse);
  }
  const Result<std::vector<QueryAggregate>> aggregates = parse_aggregates(aggregates_);
  if (!aggregates) return fail(aggregates.error().message, kWrongUse);
  const Result<QueryWindows> answer = query_windows(reader, span, *window);
  if (!answer) return fail(answer.error().message, kFailed);
  bool written = print(head_of(*aggregates, format));
  for (const auto& [begin, one] : answer->windows) {
    written = written && print(line_of(begin, one, *aggregates, format));
  }
  tell(answer->totals);
  return written ? kDone : kFailed;
}

}  // namespace sluice::app
