#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "app/explanation.hpp"
#include "core/chunk.hpp"
#include "core/time_text.hpp"

namespace sluice::app {
namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string seconds_from(Instant raised, Instant time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%+.3f s", to_seconds(time - raised));
  return text.data();
}

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds:
      return "holds";
    case Verdict::kClear:
      return "clear";
    case Verdict::kBetween:
      return "as before";
    case Verdict::kUnknown:
      return "no evidence";
  }
  return "";
}

std::string line(std::string_view name, const std::string& value) {
  std::string padded(name);
  padded.resize(10, ' ');
  return padded + value + "\n";
}

std::string clock_of(const Explanation& explanation) {
  if (!explanation.clock) return "nothing was known of the time of day";
  const ClockRecord& clock = *explanation.clock;
  return std::string(clock.synchronised ? "synchronised" : "not synchronised") + ", good to " +
         number(to_seconds(clock.uncertainty)) + " s, noted " +
         seconds_from(explanation.raised.time, clock.time);
}

std::string time_of(const Explanation& explanation) {
  const Instant raised = explanation.raised.time;
  std::string text = number(to_seconds(raised.time_since_epoch())) + " s after boot";
  if (!explanation.clock) return text;
  const WallTime wall = explanation.clock->wall + (raised - explanation.clock->time);
  return to_iso8601(wall) +
         (explanation.clock->synchronised ? "" : " by a clock that may be wrong") + ", " + text;
}

std::string line_of(const ExplainedReading& one, const Explanation& explanation) {
  std::string text = "  " + seconds_from(explanation.raised.time, one.reading.time) + "  " +
                     number(one.reading.value) + "  " + std::string(name_of(one.reading.quality));
  if (one.verdict) text += "  " + std::string(word_of(*one.verdict));
  if (one.score) text += "  score " + number(*one.score);
  return text + (one.reading.time == explanation.raised.time ? "  <- raised\n" : "\n");
}

std::string readings_of(const Explanation& explanation) {
  const ChannelDeclared& channel = *explanation.channel;
  std::string text = line("channel", channel.name + " in " + channel.unit + ", every " +
                                         number(to_seconds(channel.period)) + " s, raw * " +
                                         number(channel.calibration.scale) + " + " +
                                         number(channel.calibration.offset));
  if (explanation.driver) {
    text += line("driver", std::string(name_of(explanation.driver->state)) + " since " +
                               seconds_from(explanation.raised.time, explanation.driver->time) +
                               (explanation.driver->reason.empty() ? "" : ": ") +
                               explanation.driver->reason);
  }
  text += "readings  as recorded, behind calibration and filters";
  text += explanation.not_judged.empty()
              ? "; the rule was held to them anew, from the first that is stored of the run\n"
              : "; the rule was not held to them, for " + explanation.not_judged + "\n";
  if (explanation.readings.empty()) text += "  none is stored here any more\n";
  for (const ExplainedReading& one : explanation.readings) text += line_of(one, explanation);
  return text;
}

}  // namespace

std::string text_of(const Explanation& explanation) {
  const AlertEvent& raised = explanation.raised;
  std::string text =
      line("alert", explanation.alert + ", " + std::string(name_of(raised.severity)));
  text += line("rule", explanation.rule);
  text += line("raised", time_of(explanation));
  text += line("value", number(raised.value));
  text += line("clock", clock_of(explanation));
  text += line("run", to_hex(explanation.run) + ", version " + explanation.version +
                          ", configuration " + explanation.config_hash);
  for (const AlertEvent& step : explanation.since) {
    text += line(name_of(step.change),
                 seconds_from(raised.time, step.time) + ", value " + number(step.value));
  }
  if (explanation.channel) return text + readings_of(explanation);
  text += "before    the last steps of all alerts\n";
  for (const Explanation::Step& step : explanation.before) {
    text += "  " + seconds_from(raised.time, step.event.time) + "  " + step.alert + " " +
            std::string(name_of(step.event.change)) + ", value " + number(step.event.value) + "\n";
  }
  return text;
}

}  // namespace sluice::app
