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

constexpr std::array<std::string_view, 7> kConditions{
    "above", "below", "rate_above", "no_data", "flat_line", "anomaly", "same"};

bool is_level(std::string_view kind) {
  return kind == "above" || kind == "below";
}

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

// `range` holds what is judged.
std::optional<Level> parse_limits(TableReader& reader, std::string_view kind, const Range& range) {
  Level level{.upwards = kind == "above"};
  const bool ok = reader.number(kind, level.limit);
  level.clear = parse_clear(reader, kind, level.limit);
  if (!ok) return std::nullopt;
  check_reachable(reader, kind, level.limit, range);
  if (reader.has("clear")) check_reachable(reader, "clear", level.clear, range);
  return level;
}

std::optional<Condition> parse_window_level(TableReader& reader, std::string_view kind,
                                            const ChannelSpec& spec, Names& names) {
  WindowLevel window{.period = spec.period};
  if (!reader.choice("of", window.of)) return std::nullopt;
  window.over = RateOfChange{}.over;
  reader.duration("over", window.over);
  if (window.over <= spec.period) {
    reader.report(reader.has("over") ? "over" : "of",
                  "a window of " + text_of_duration(window.over) +
                      " holds one reading at most with the channel's period of " +
                      text_of_duration(spec.period) + "; make over longer");
    return std::nullopt;
  }
  if (++names.windows == kWindowAlertsMax + 1) {
    reader.report("of", "more than " + std::to_string(kWindowAlertsMax) +
                            " alerts on windows in the gateway; each takes 10 KB of memory");
  }
  const bool of_values =
      window.of == Aggregate::kMean || window.of == Aggregate::kMin || window.of == Aggregate::kMax;
  const std::optional<Level> level = parse_limits(reader, kind, of_values ? spec.range : Range{});
  if (!level) return std::nullopt;
  window.level = *level;
  return window;
}

std::optional<Condition> parse_several(TableReader& reader, std::string_view kind,
                                       const Range& range) {
  SeveralOf several;
  const bool has_least = reader.integer("at_least", several.least);
  const bool has_last = reader.integer("of_last", several.last);
  if (!reader.has("at_least")) reader.report("of_last", "goes with at_least, which is missing");
  if (!reader.has("of_last")) reader.report("at_least", "goes with of_last, which is missing");
  if (has_least && has_last && several.least > several.last) {
    reader.report("at_least", std::to_string(several.least) + " of " +
                                  std::to_string(several.last) +
                                  " values cannot be; make it at most of_last");
    return std::nullopt;
  }
  const std::optional<Level> level = parse_limits(reader, kind, range);
  if (!level || !has_least || !has_last) return std::nullopt;
  several.level = *level;
  return several;
}

std::optional<Condition> parse_level(TableReader& reader, std::string_view kind,
                                     const ChannelSpec& spec, Names& names) {
  const bool is_several = reader.has("at_least") || reader.has("of_last");
  if (reader.has("of") && is_several) {
    reader.report("of", "a window and at_least are two conditions; take one of them");
    return std::nullopt;
  }
  if (reader.has("of")) return parse_window_level(reader, kind, spec, names);
  if (is_several) return parse_several(reader, kind, spec.range);
  const std::optional<Level> level = parse_limits(reader, kind, spec.range);
  if (!level) return std::nullopt;
  if (level->upwards) return Above{level->limit, level->clear};
  return Below{level->limit, level->clear};
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
  check("clear", is_level(kind) || kind == "rate_above", "above, below and rate_above");
  check("over", kind == "rate_above" || (is_level(kind) && reader.has("of")),
        "rate_above, and beside of");
  check("tolerance", kind == "flat_line" || kind == "same", "flat_line and same");
  for (const std::string_view key : {"of", "at_least", "of_last"}) {
    check(key, is_level(kind), "above and below");
  }
}

std::optional<Condition> parse_condition(TableReader& reader, const ChannelSpec& spec,
                                         Names& names) {
  const std::string_view kind = reader.only_one_of(kConditions, "condition");
  if (kind.empty()) return std::nullopt;
  check_companions(reader, kind);
  if (is_level(kind)) return parse_level(reader, kind, spec, names);
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
  if (kind == "same") {
    Repeats repeats;
    reader.number("tolerance", repeats.tolerance);
    if (reader.integer(kind, repeats.times)) return repeats;
    return std::nullopt;
  }
  FlatLine flat;
  reader.number("tolerance", flat.tolerance);
  if (parse_window(reader, kind, spec.period, flat.after)) return flat;
  return std::nullopt;
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
  rule.condition = parse_condition(reader, spec, names).value_or(Condition{});
  parse_life(reader, names, rule);
  reader.choice("fail_safe", rule.fail_safe);
  reader.duration("fail_safe_after", rule.fail_safe_after);
  check_fail_safe(reader, rule);
  return rule;
}

}  // namespace

void parse_life(TableReader& reader, Names& names, AlertRule& rule) {
  reader.duration("for", rule.hold);
  reader.choice("severity", rule.severity);
  reader.duration("cooldown", rule.cooldown);
  reader.duration("escalate_after", rule.escalate_after);
  if (reader.text("action", rule.action) && !names.actuators.contains(rule.action)) {
    reader.report("action", "no [[actuator]] has the name " + in_quotes(rule.action) +
                                suggestion(rule.action, names.actuators.all()));
  }
  if (reader.texts("inhibited_by", rule.inhibited_by)) {
    names.alert_mentions.push_back({reader, "inhibited_by", rule.name, rule.inhibited_by});
  }
}

std::vector<AlertRule> parse_alerts(TableReader& channel, const ChannelSpec& spec, Names& names) {
  std::vector<AlertRule> rules;
  for (TableReader& reader : channel.tables("alert", Section::kAlert)) {
    rules.push_back(parse_rule(reader, spec, names));
  }
  return rules;
}

}  // namespace sluice::config
