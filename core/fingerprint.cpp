#include "core/fingerprint.hpp"

#include <bit>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <variant>

#include "core/alert_state.hpp"
#include "core/anomaly.hpp"
#include "core/condition.hpp"
#include "core/filter.hpp"
#include "core/summary.hpp"
#include "core/time.hpp"

namespace sluice {
namespace {

// To be raised when a state means something else with the same size.
constexpr std::uint64_t kMeaning = 1;

// FNV-1a, 64 bits.
class Print {
 public:
  template <typename Number>
  requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
  void add(Number number) {
    if constexpr (std::is_floating_point_v<Number>) {
      add(std::bit_cast<std::uint64_t>(static_cast<double>(number)));
    } else {
      auto rest = static_cast<std::uint64_t>(number);
      for (int i = 0; i < 8; ++i, rest >>= 8) add_byte(rest & 0xFFU);
    }
  }
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add(text.size());
  }
  void add(Duration duration) { add(to_ns(duration)); }
  void add(const Level& level) {
    add(level.upwards);
    add(level.limit);
    add(level.clear);
  }
  template <typename... Fields>
  void add_all(const Fields&... fields) {
    (add(fields), ...);
  }
  std::uint64_t value() const { return hash_; }

 private:
  void add_byte(std::uint64_t byte) { hash_ = (hash_ ^ byte) * 0x0000'0100'0000'01B3; }

  std::uint64_t hash_ = 0xCBF2'9CE4'8422'2325;
};

struct AddFilter {
  Print& print;
  void operator()(const Median& spec) const { print.add(spec.window); }
  void operator()(const MovingMean& spec) const { print.add(spec.window); }
  void operator()(const Exponential& spec) const { print.add(spec.time_constant); }
  void operator()(const Clamp& spec) const { print.add_all(spec.low, spec.high); }
  void operator()(const Deadband& spec) const { print.add_all(spec.width, spec.silence_max); }
};

struct AddCondition {
  Print& print;
  void operator()(const Above& rule) const { print.add_all(rule.limit, rule.clear); }
  void operator()(const Below& rule) const { print.add_all(rule.limit, rule.clear); }
  void operator()(const RateOfChange& rule) const {
    print.add_all(rule.limit_per_s, rule.clear_per_s, rule.over);
  }
  void operator()(const NoData& rule) const { print.add(rule.after); }
  void operator()(const FlatLine& rule) const { print.add_all(rule.tolerance, rule.after); }
  void operator()(const Anomaly& rule) const { print.add(rule.decades); }
  void operator()(const WindowLevel& rule) const {
    print.add_all(rule.of, rule.level, rule.over, rule.period);
  }
  void operator()(const SeveralOf& rule) const { print.add_all(rule.level, rule.least, rule.last); }
  void operator()(const Repeats& rule) const { print.add_all(rule.times, rule.tolerance); }
};

Print print_of(const ChannelSpec& spec) {
  Print print;
  print.add_all(kMeaning, sizeof(Filter), sizeof(AnomalyDetector), sizeof(ConditionState),
                sizeof(AlertState), sizeof(Summary));
  print.add_all(std::string_view(spec.name), std::string_view(spec.unit), spec.period,
                spec.calibration.scale, spec.calibration.offset, spec.range.low, spec.range.high);
  for (const FilterSpec& filter : spec.filters) {
    print.add(filter.index());
    std::visit(AddFilter{print}, filter);
  }
  return print;
}

}  // namespace

std::uint64_t fingerprint_of_channel(const ChannelSpec& spec) {
  Print print = print_of(spec);
  bool has_detector = false;
  for (const AlertRule& rule : spec.alerts) {
    has_detector = has_detector || std::holds_alternative<Anomaly>(rule.condition);
  }
  print.add(has_detector);
  return print.value();
}

std::uint64_t fingerprint_of_rule(const ChannelSpec& spec, const AlertRule& rule) {
  Print print = print_of(spec);
  print.add(std::string_view(rule.name));
  print.add(rule.condition.index());
  std::visit(AddCondition{print}, rule.condition);
  return print.value();
}

std::uint64_t fingerprint_of_text(std::string_view rule) {
  Print print;
  print.add_all(kMeaning, sizeof(AlertState), rule);
  return print.value();
}

}  // namespace sluice
