#include "app/explanation.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <utility>
#include <variant>

#include "app/history.hpp"
#include "chunk/events.hpp"
#include "config/describe.hpp"
#include "core/anomaly.hpp"
#include "core/summary.hpp"

namespace sluice::app {
namespace {

constexpr std::size_t kBytesAtATime = 256 * 1024;
constexpr std::size_t kStepsBeforeMax = 20;
// Half of the axis: longer than any boot.
constexpr Instant kEnd{Instant::max().time_since_epoch() / 2};

// Finds the last raise in the events of one run after the other.
class Listener {
 public:
  explicit Listener(const std::string& alert) : alert_(alert) {}

  void begin(const RunId& run) { *this = Listener(alert_, std::move(found_), run); }

  void hear(const Event& event) {
    if (const auto* started = std::get_if<RunStarted>(&event)) {
      version_ = started->version;
      config_hash_ = started->config_hash;
    } else if (const auto* applied = std::get_if<ConfigApplied>(&event)) {
      config_hash_ = applied->config_hash;
    } else if (const auto* channel = std::get_if<ChannelDeclared>(&event)) {
      channels_[channel->channel] = *channel;
    } else if (const auto* declared = std::get_if<AlertDeclared>(&event)) {
      alerts_[declared->alert] = *declared;
    } else if (const auto* clock = std::get_if<ClockRecord>(&event)) {
      clock_ = *clock;
    } else if (const auto* driver = std::get_if<DriverChanged>(&event)) {
      drivers_[driver->channel] = *driver;
    } else if (const auto* step = std::get_if<AlertEvent>(&event)) {
      hear_step(*step);
    }
  }

  std::optional<Explanation> found() { return std::move(found_); }

 private:
  Listener(std::string alert, std::optional<Explanation> found, const RunId& run)
      : alert_(std::move(alert)), found_(std::move(found)), run_(run) {}

  void hear_step(const AlertEvent& step) {
    const auto declared = alerts_.find(step.alert);
    if (declared == alerts_.end()) return;
    steps_.push_back({declared->second.name, step});
    if (steps_.size() > kStepsBeforeMax + 1) steps_.pop_front();
    if (declared->second.name != alert_) return;
    if (step.change != AlertChange::kRaised) {
      if (found_ && found_->run == run_) found_->since.push_back(step);
      return;
    }
    Explanation raise{.alert = alert_,
                      .rule = declared->second.rule,
                      .version = version_,
                      .config_hash = config_hash_,
                      .run = run_,
                      .raised = step,
                      .since = {},
                      .clock = clock_};
    if (const auto channel = channels_.find(step.channel); channel != channels_.end()) {
      raise.channel = channel->second;
    }
    if (const auto driver = drivers_.find(step.channel); driver != drivers_.end()) {
      raise.driver = driver->second;
    }
    if (step.channel == kNoChannel) {
      raise.before.assign(steps_.begin(), steps_.end() - 1);
    }
    found_ = std::move(raise);
  }

  std::string alert_;
  std::optional<Explanation> found_;
  RunId run_;
  std::string version_;
  std::string config_hash_;
  std::map<ChannelId, ChannelDeclared> channels_;
  std::map<AlertId, AlertDeclared> alerts_;
  std::map<ChannelId, DriverChanged> drivers_;
  std::optional<ClockRecord> clock_;
  std::deque<Explanation::Step> steps_;  // the last ones
};

Result<> hear_run(storage::Reader& reader, const RunId& run, Listener& listener) {
  listener.begin(run);
  const storage::TimeRange range{run, Stream::kEvent, kNoChannel, Instant(), kEnd};
  storage::Bookmark bookmark;
  for (bool last = false; !last;) {
    const Result<storage::RangePart> part = reader.range(range, bookmark, kBytesAtATime);
    if (!part) return part.error();
    for (const storage::StoredChunk& stored : part->chunks) {
      const Result<std::vector<Event>> events = chunk::decode_events(stored.chunk);
      if (!events) continue;
      for (const Event& event : *events) listener.hear(event);
    }
    last = part->last;
  }
  return Ok{};
}

// Says of stored readings what the rule would, from the first one on.
class Judge {
 public:
  Judge(const AlertRule& rule)
      : condition_(rule.condition),
        panes_(condition_.pane_count()),
        scores_(std::holds_alternative<Anomaly>(rule.condition)) {}

  ExplainedReading judge(const Reading& reading) {
    std::optional<double> good;
    if (has_good_value(reading.quality)) good = reading.value;
    ExplainedReading explained{.reading = reading};
    if (scores_ && good) explained.score = detector_.update(reading.time, *good);
    explained.verdict = condition_.update(reading.time, good, explained.score, panes_);
    return explained;
  }

 private:
  ConditionState condition_;
  std::vector<Summary> panes_;
  AnomalyDetector detector_{};
  bool scores_;
};

// The rule of that name on that channel; why it cannot be taken is put into `not_judged`.
const AlertRule* find_rule(Explanation& explanation, const std::optional<config::Config>& config) {
  if (!config) {
    explanation.not_judged = "no configuration was given";
    return nullptr;
  }
  for (const config::ChannelOptions& channel : config->channels) {
    for (const AlertRule& rule : channel.spec.alerts) {
      if (rule.name != explanation.alert) continue;
      if (config::describe(rule, channel.spec.unit) == explanation.rule) return &rule;
      explanation.not_judged = "the rule is another one in the configuration that was given";
      return nullptr;
    }
  }
  explanation.not_judged = "the configuration that was given has no such rule";
  return nullptr;
}

Result<> add_readings(storage::Reader& reader, const ExplainSpan& span,
                      const std::optional<config::Config>& config, Explanation& explanation) {
  const Instant from = explanation.raised.time - span.before;
  const Instant to = explanation.raised.time + span.after;
  const AlertRule* const rule = find_rule(explanation, config);
  std::optional<Judge> judge;
  if (rule != nullptr) judge.emplace(*rule);
  // A rule remembers what came before: all of it is judged, the last of it shown.
  const Instant begin = judge ? Instant() : from;
  History history(
      reader, {explanation.run, Stream::kRaw, explanation.raised.channel, begin, to + Duration(1)});
  std::map<Instant, ExplainedReading> shown;
  std::optional<Instant> newest;
  while (!history.done()) {
    Result<std::vector<Reading>> part = history.next(kBytesAtATime);
    if (!part) return part.error();
    std::ranges::sort(*part, {}, &Reading::time);
    for (const Reading& reading : *part) {
      // A rule takes no step back; chunks follow each other in time.
      const bool in_order = !newest || reading.time > *newest;
      if (in_order) newest = reading.time;
      const ExplainedReading explained =
          judge && in_order ? judge->judge(reading) : ExplainedReading{reading};
      if (reading.time >= from) shown.insert_or_assign(reading.time, explained);
    }
  }
  for (const auto& [time, explained] : shown) explanation.readings.push_back(explained);
  return Ok{};
}

}  // namespace

Result<Explanation> explain(storage::Reader& reader, const std::string& alert,
                            const ExplainSpan& span, const std::optional<config::Config>& config) {
  const Result<std::vector<storage::Holding>> holdings = reader.holdings();
  if (!holdings) return holdings.error();
  Listener listener(alert);
  for (const storage::Holding& holding : *holdings) {
    if (holding.stream != Stream::kEvent) continue;
    if (const Result<> heard = hear_run(reader, holding.run, listener); !heard)
      return heard.error();
  }
  std::optional<Explanation> found = listener.found();
  if (!found) {
    return Error{ErrorCode::kNotFound,
                 "the buffer has no record of an alert \"" + alert +
                     "\" being raised; what the collector has and is not kept here is there"};
  }
  if (found->channel) {
    if (const Result<> added = add_readings(reader, span, config, *found); !added) {
      return added.error();
    }
  }
  return *std::move(found);
}

}  // namespace sluice::app
