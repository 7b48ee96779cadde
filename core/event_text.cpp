#include "core/event_text.hpp"

#include <array>
#include <charconv>
#include <system_error>
#include <variant>

#include "core/check.hpp"

namespace sluice {
namespace {

// The shortest digits that mean this very number, whatever the locale.
std::string number(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  CHECK(error == std::errc{});
  return std::string(text.data(), end);
}

std::string span(const Gap& gap) {
  const std::string last = gap.last == Instant::max() ? "open" : std::to_string(to_ns(gap.last));
  return std::to_string(to_ns(gap.first)) + ".." + last;
}

std::string calibration(const Calibration& calibration) {
  if (calibration == Calibration{}) return {};
  return ", raw * " + number(calibration.scale) + " + " + number(calibration.offset);
}

struct Describe {
  std::string operator()(const RunStarted& run) const {
    return "run started: version " + run.version + ", config " + run.config_hash + ", boot " +
           run.boot;
  }
  std::string operator()(const RunEnded& run) const {
    return "run ended: " + std::to_string(run.readings) + " readings";
  }
  std::string operator()(const ChannelDeclared& channel) const {
    return "channel " + std::to_string(index_of(channel.channel)) + " is " + channel.name + " in " +
           channel.unit + " every " + number(to_seconds(channel.period)) + " s" +
           calibration(channel.calibration);
  }
  std::string operator()(const AlertDeclared& alert) const {
    const std::string channel = alert.channel == kNoChannel
                                    ? std::string()
                                    : " on channel " + std::to_string(index_of(alert.channel));
    return "alert " + std::to_string(index_of(alert.alert)) + " is " + alert.name + channel + ": " +
           alert.rule;
  }
  std::string operator()(const ConfigApplied& config) const {
    return "config applied: " + config.config_hash;
  }
  std::string operator()(const AlertEvent& alert) const {
    return "alert " + std::to_string(index_of(alert.alert)) + " " +
           std::string(name_of(alert.change)) + ": " + std::string(name_of(alert.severity)) +
           ", value " + number(alert.value) + ", count " + std::to_string(alert.count);
  }
  std::string operator()(const ClockRecord& clock) const {
    return "clock: wall " + std::to_string(to_ns(clock.wall)) + " ns, +-" +
           number(to_seconds(clock.uncertainty)) + " s, " +
           (clock.synchronised ? "synchronised" : "not synchronised");
  }
  std::string operator()(const SafeModeEntered& entered) const {
    return "safe mode: " + entered.reason;
  }
  std::string operator()(const Gap& gap) const {
    std::string text = "gap " + std::string(name_of(gap.reason)) + ": run " + to_hex(gap.run) +
                       ", stream " + std::string(name_of(gap.stream));
    if (gap.first_seq > 0) {
      text += ", keys " + std::to_string(gap.first_seq) + ".." + std::to_string(gap.last_seq);
    }
    if (gap.readings > 0) text += ", " + std::to_string(gap.readings) + " readings";
    return text + ", span " + span(gap) + " ns";
  }
  std::string operator()(const DriverChanged& driver) const {
    return "driver of channel " + std::to_string(index_of(driver.channel)) + " is " +
           std::string(name_of(driver.state)) + (driver.reason.empty() ? "" : ": ") + driver.reason;
  }
};

}  // namespace

std::string describe(const Event& event) {
  return std::to_string(to_ns(time_of(event))) + " " + std::visit(Describe{}, event);
}

}  // namespace sluice
