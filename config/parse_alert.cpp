#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/sections.hpp"
#include "config/suggest.hpp"
#include "config/units.hpp"
#include "config/wording.hpp"

namespace sluice::config {
namespace {

constexpr std::array<std::string_view, 6> kConditions{"above",   "below",     "rate_above",
                                                      "no_data", "flat_line", "anomaly"};

// A level outside the channel's range is one that no good value has.
void check_reachable(TableReader& reader, std::string_view key, double level, const Range& range) {
  if (range.contains(level)) return;
  reader.report(key, text_of(level) + " is outside the channel's range [" + text_of(range.low) +
                         ", " + text_of(range.high) + "]: no good value gets there");
}

// Where the condition ends: the limit itself, or a level on its quiet side.
double parse_clear(TableReader& reader, std::string_view kind, double limit) {
  double clear = limit;
  if (!reader.number("clear", clear)) return limit;
  const bool higher = kind == "below";
  if (higher ? clear < limit : clear > limit) {
    reader.report("clear", "the clear level " + text_of(clear) + " is on the wrong side of " +
                               std::string(kind) + " = " + text_of(limit) + "; it must be " +
                               text_of(limit) + (higher ? " or more" : " or less"));
  }
  return clear;
}

template <typename Level>
std::optional<Condition> parse_level(TableReader& reader, std::string_view kind,
                                     const Range& range) {
  Level level;
  const bool ok = reader.number(kind, level.limit);
  level.clear = parse_clear(reader, kind, level.limit);
  if (!ok) return std::nullopt;
  check_reachable(reader, kind, level.limit, range);
  if (reader.has("clear")) check_reachable(reader, "clear", level.clear, range);
  return level;
}

std::optional<Condition> parse_rate(TableReader& reader, std::string_view kind, Duration period) {
  RateOfChange rate;
  reader.duration("over", rate.over);
  if (rate.over < period) {
    reader.report(reader.has("over") ? "over" : kind, "over " + text_of_duration(rate.over) +
                                                          " there are not two readings with the "
                                                          "channel's period of " +
                                                          text_of_duration(period) +
                                                          "; make over at least that");
  }
  if (!reader.number(kind, rate.limit_per_s)) return std::nullopt;
  if (rate.limit_per_s == 0.0) reader.report(kind, "a rate of 0 is always reached; give more");
  rate.clear_per_s = parse_clear(reader, kind, rate.limit_per_s);
  if (rate.clear_per_s < 0.0) {
    reader.report("clear", "a rate is never below 0: the alert would never end");
  }
  return rate;
}

// For conditions of time. Between two readings there is neither news nor change.
bool parse_window(TableReader& reader, std::string_view kind, Duration period, Duration& after) {
  if (!reader.duration(kind, after)) return false;
  if (after > period) return true;
  reader.report(kind, text_of_duration(after) + " is not longer than the channel's period of " +
                          text_of_duration(period) + ", so that the alert would always be raised");
  return false;
}

// Keys that go with some conditions only.
void check_companions(TableReader& reader, std::string_view kind) {
  const auto check = [&](std::string_view key, bool fits, std::string_view owners) {
    if (fits || !reader.has(key)) return;
    reader.report(key, std::string(kind) + " takes no " + std::string(key) + "; it goes with " +
                           std::string(owners));
  };
  check("clear", kind == "above" || kind == "below" || kind == "rate_above",
        "above, below and rate_above");
  check("over", kind == "rate_above", "rate_above");
  check("tolerance", kind == "flat_line", "flat_line");
}

std::optional<Condition> parse_condition(TableReader& reader, const ChannelSpec& spec) {
  const std::string_view kind = reader.only_one_of(kConditions, "condition");
  if (kind.empty()) return std::nullopt;
  check_companions(reader, kind);
  if (kind == "above") return parse_level<Above>(reader, kind, spec.range);
  if (kind == "below") return parse_level<Below>(reader, kind, spec.range);
  if (kind == "rate_above") return parse_rate(reader, kind, spec.period);
  if (kind == "no_data") {
    NoData silence;
    if (parse_window(reader, kind, spec.period, silence.after)) return silence;
    return std::nullopt;
  }
  if (kind == "anomaly") {
    Anomaly anomaly;
    if (reader.number(kind, anomaly.decades)) return anomaly;
    return std::nullopt;
  }
  FlatLine flat;
  reader.number("tolerance", flat.tolerance);
  if (parse_window(reader, kind, spec.period, flat.after)) return flat;
  return std::nullopt;
}

void parse_action(TableReader& reader, const UniqueNames& actuators, std::string& action) {
  if (!reader.text("action", action) || actuators.contains(action)) return;
  const std::string hint = suggestion(action, actuators.all());
  reader.report("action", "no [[actuator]] has the name " + in_quotes(action) + hint);
}

void check_fail_safe(TableReader& reader, const AlertRule& rule) {
  if (rule.fail_safe != FailSafe::kHold && !reader.has("action")) {
    reader.report("fail_safe", "there is no action to keep safe; name an actuator in action");
  }
  if (rule.fail_safe_after != Duration{} && rule.fail_safe == FailSafe::kHold) {
    reader.report("fail_safe_after", "goes with fail_safe = \"on\" or \"off\"");
  }
}

AlertRule parse_rule(TableReader& reader, const ChannelSpec& spec, Names& names) {
  AlertRule rule;
  if (reader.text("name", rule.name)) names.alerts.claim(reader, "name", rule.name);
  reader.reject_strangers();
  rule.condition = parse_condition(reader, spec).value_or(Condition{});
  reader.duration("for", rule.hold);
  reader.choice("severity", rule.severity);
  reader.duration("cooldown", rule.cooldown);
  reader.duration("escalate_after", rule.escalate_after);
  parse_action(reader, names.actuators, rule.action);
  reader.choice("fail_safe", rule.fail_safe);
  reader.duration("fail_safe_after", rule.fail_safe_after);
  check_fail_safe(reader, rule);
  return rule;
}

}  // namespace

std::vector<AlertRule> parse_alerts(TableReader& channel, const ChannelSpec& spec, Names& names) {
  std::vector<AlertRule> rules;
  for (TableReader& reader : channel.tables("alert", Section::kAlert)) {
    rules.push_back(parse_rule(reader, spec, names));
  }
  return rules;
}

}  // namespace sluice::config
