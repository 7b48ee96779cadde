#pragma once
// Why an alert was last raised, out of the buffer: what the record says of it, and the stored
// readings around, held to the rule once more. Reads through a connection of its own, while a
// gateway runs or not.

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "core/alert.hpp"
#include "core/condition.hpp"
#include "core/event.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/reader.hpp"

namespace sluice::app {

// A reading as it was recorded, behind calibration and filters; and what the rule said, if that
// could be found out.
struct ExplainedReading {
  Reading reading;
  std::optional<Verdict> verdict{};
  std::optional<double> score{};  // of an anomaly rule, where a beat ended
};

struct Explanation {
  std::string alert;
  std::string rule;         // in words, as it was declared then
  std::string version;      // of the program
  std::string config_hash;  // of the configuration in force
  RunId run;
  AlertEvent raised;
  std::vector<AlertEvent> since;             // its further steps in that run
  std::optional<ChannelDeclared> channel{};  // none of an alert over others
  std::optional<ClockRecord> clock{};        // the last one before, trusted or not
  std::optional<DriverChanged> driver{};     // of the channel, the last change before
  std::vector<ExplainedReading> readings{};  // around the raise
  std::string not_judged{};                  // why the rule was not held to them; empty: it was
  // Of an alert over others: the last steps of all alerts before it.
  struct Step {
    std::string alert;
    AlertEvent event;
  };
  std::vector<Step> before{};
};

struct ExplainSpan {
  Duration before = std::chrono::seconds(10);
  Duration after = std::chrono::seconds(5);
};

// `config` has the rule; without it, or when it is another one there, readings are not judged.
// kNotFound when the buffer has no raise of that alert.
Result<Explanation> explain(storage::Reader& reader, const std::string& alert,
                            const ExplainSpan& span, const std::optional<config::Config>& config);

// For people, a line for each thing.
std::string text_of(const Explanation& explanation);

}  // namespace sluice::app
