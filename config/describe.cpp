#include "config/describe.hpp"

#include <variant>

#include "config/units.hpp"
#include "config/wording.hpp"
#include "core/time.hpp"

namespace sluice::config {
namespace {

struct Wording {
  std::string unit;  // with a space before it, or empty
  std::string hold;  // " for 10s", or empty

  std::string ending(double limit, double clear) const {
    return hold + (clear == limit ? "" : ", clear at " + text_of(clear));
  }
  std::string operator()(const Above& rule) const {
    return "value >= " + text_of(rule.limit) + unit + ending(rule.limit, rule.clear);
  }
  std::string operator()(const Below& rule) const {
    return "value <= " + text_of(rule.limit) + unit + ending(rule.limit, rule.clear);
  }
  std::string operator()(const RateOfChange& rule) const {
    return "change >= " + text_of(rule.limit_per_s) + (unit.empty() ? " per second" : unit + "/s") +
           " over " + text_of_duration(rule.over) + ending(rule.limit_per_s, rule.clear_per_s);
  }
  std::string operator()(const NoData& rule) const {
    return "no good reading within " + text_of_duration(rule.after) + hold;
  }
  std::string operator()(const FlatLine& rule) const {
    const std::string spread =
        rule.tolerance == 0.0 ? "unchanged" : "within " + text_of(rule.tolerance) + unit;
    return "value " + spread + " over " + text_of_duration(rule.after) + hold;
  }
  std::string limit_of(const Level& level, const std::string& of_unit) const {
    return (level.upwards ? " >= " : " <= ") + text_of(level.limit) + of_unit +
           ending(level.limit, level.clear);
  }
  std::string operator()(const WindowLevel& rule) const {
    return std::string(name_of(rule.of)) + " over " + text_of_duration(rule.over) +
           limit_of(rule.level, rule.of == Aggregate::kCount ? "" : unit);
  }
  std::string operator()(const SeveralOf& rule) const {
    return std::to_string(rule.least) + " of the last " + std::to_string(rule.last) + " values" +
           limit_of(rule.level, unit);
  }
  std::string operator()(const Repeats& rule) const {
    const std::string spread =
        rule.tolerance == 0.0 ? "the same" : "within " + text_of(rule.tolerance) + unit;
    return std::to_string(rule.times) + " values in a row " + spread + hold;
  }
  std::string operator()(const Anomaly& rule) const {
    return "value unusual by " + text_of(rule.decades) + " decades" + hold;
  }
};

}  // namespace

std::string describe(const AlertRule& rule, std::string_view unit) {
  const bool held = rule.hold != Duration::zero();
  return std::visit(Wording{.unit = unit == "1" ? "" : " " + std::string(unit),
                            .hold = held ? " for " + text_of_duration(rule.hold) : ""},
                    rule.condition);
}

std::string describe(const CompositeOptions& composite) {
  std::string text;
  const auto add = [&](std::string_view word, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string_view start = text.empty() ? "" : " and ";
      text += i == 0 ? std::string(start) + std::string(word) + " of " : ", ";
      text += names[i];
    }
  };
  add("all", composite.all);
  add("any", composite.any);
  add("none", composite.none);
  if (!composite.bus_down.empty()) text = "all drivers on bus " + composite.bus_down + " are down";
  const Duration hold = composite.rule.hold;
  return text + (hold == Duration::zero() ? "" : " for " + text_of_duration(hold));
}

}  // namespace sluice::config
