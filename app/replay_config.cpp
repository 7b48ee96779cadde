#include "app/replay_config.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "config/units.hpp"
#include "core/check.hpp"
#include "hal/formula.hpp"

namespace sluice::app {
namespace {

bool is_derived(const config::ChannelOptions& channel) {
  return std::holds_alternative<hal::DerivedOptions>(channel.sensor);
}

const config::ChannelOptions* find_channel(const config::Config* config, const std::string& name) {
  if (config == nullptr) return nullptr;
  const auto found = std::find_if(config->channels.begin(), config->channels.end(),
                                  [&](const auto& channel) { return channel.spec.name == name; });
  return found == config->channels.end() ? nullptr : &*found;
}

// What is known of a channel over all runs.
struct Standing {
  bool recorded = false;
  bool unit_fits = false;
  bool declared = true;  // in each run that has it
  std::set<Duration> periods{};
  bool other_scale = false;  // some of it has been through another calibration
  std::string units{};
};

Standing standing_of(const config::ChannelOptions& channel, std::span<const RecordedRun> runs) {
  Standing standing;
  for (const RecordedRun& run : runs) {
    const auto found = run.channels.find(channel.spec.name);
    if (found == run.channels.end()) continue;
    for (const RecordedChannel& one : found->second) {
      standing.recorded = true;
      if (!one.unit) standing.declared = false;
      if (one.unit && *one.unit != channel.spec.unit) {
        standing.units += (standing.units.empty() ? "\"" : ", \"") + *one.unit + "\"";
        continue;
      }
      standing.unit_fits = true;
      standing.periods.insert(one.period);
      for (const CalibrationSince& since : one.calibrations) {
        if (since.calibration != channel.spec.calibration) standing.other_scale = true;
      }
    }
  }
  return standing;
}

class Writer {
 public:
  Writer(const config::Config& wanted, const config::Config* recorded,
         std::span<const RecordedRun> runs)
      : wanted_(wanted), recorded_(recorded), runs_(runs) {}

  ReplayConfig write() {
    answer_.config = wanted_;
    answer_.config.actuators.clear();
    answer_.config.channels.clear();
    for (const config::ChannelOptions& channel : wanted_.channels) {
      config::ChannelOptions copy = channel;
      for (AlertRule& rule : copy.spec.alerts) rule.action.clear();
      if (is_derived(channel) || feed(copy)) answer_.config.channels.push_back(std::move(copy));
    }
    drop_orphans();
    keep_composites();
    drop_inhibitors();
    return std::move(answer_);
  }

 private:
  void note(const config::ChannelOptions& channel, const std::string& what) {
    answer_.notes.push_back("channel \"" + channel.spec.name + "\": " + what);
  }

  // False when nothing that fits is stored of it.
  bool feed(config::ChannelOptions& channel) {
    const Standing standing = standing_of(channel, runs_);
    if (!standing.recorded) {
      note(channel, "nothing is stored of it in that time; its rules cannot be judged");
      return false;
    }
    if (!standing.unit_fits) {
      note(channel, "recorded in " + standing.units + ", and not in \"" + channel.spec.unit +
                        "\"; its rules cannot be judged");
      return false;
    }
    if (!standing.units.empty()) {
      note(channel, "what was recorded in " + standing.units + " is left out");
    }
    if (!standing.declared) {
      note(channel,
           "of some runs nobody knows the unit and calibration any more; they are taken "
           "to be those of this configuration");
    }
    note_periods(channel, standing);
    Feed& feed = answer_.feeds[channel.spec.name];
    feed.wanted = std::exchange(channel.spec.calibration, Calibration{});
    feed.recorded_range = channel.spec.range;
    // No device is opened: the replay reads something else in its place.
    channel.sensor = hal::SimulatedOptions{};
    leave_out_filters(channel, standing, feed);
    return true;
  }

  void note_periods(const config::ChannelOptions& channel, const Standing& standing) {
    for (const Duration period : standing.periods) {
      if (channel.spec.period % period == Duration::zero()) continue;
      note(channel, "recorded every " + config::text_of_duration(period) + "; read every " +
                        config::text_of_duration(channel.spec.period) +
                        " it would have shown what is not in the buffer; the newest record is "
                        "taken");
    }
  }

  // The values that are stored have been through the filters of then.
  void leave_out_filters(config::ChannelOptions& channel, const Standing& standing, Feed& feed) {
    std::vector<FilterSpec>& filters = channel.spec.filters;
    const config::ChannelOptions* const before = find_channel(recorded_, channel.spec.name);
    const std::vector<FilterSpec> done = before == nullptr ? filters : before->spec.filters;
    if (before != nullptr) feed.recorded_range = before->spec.range;
    if (before == nullptr && !filters.empty()) {
      note(channel, "nobody knows which filters it was recorded with; taken to be these");
    }
    std::vector<FilterSpec> deadbands;
    for (const FilterSpec& filter : done) {
      const auto* const deadband = std::get_if<Deadband>(&filter);
      if (deadband == nullptr) continue;
      deadbands.push_back(filter);
      feed.hold_min = std::max(feed.hold_min, deadband->silence_max + channel.spec.period);
    }
    if (!deadbands.empty()) {
      note(channel,
           "recorded through a deadband; between records its value is taken to be the "
           "last one");
    }
    if (!done.empty() && standing.other_scale) {
      note(channel,
           "recorded with another calibration and filtered before it was stored; it is "
           "converted afterwards");
    }
    const bool begins_alike =
        done.size() <= filters.size() && std::equal(done.begin(), done.end(), filters.begin());
    if (begins_alike) {
      // A deadband is done again: to what it has passed it does nothing, and what is held goes on
      // being held.
      filters.erase(filters.begin(), filters.begin() + static_cast<std::ptrdiff_t>(done.size()));
      filters.insert(filters.begin(), deadbands.begin(), deadbands.end());
      return;
    }
    note(channel,
         "the filters that it was recorded with cannot be undone; the new ones are "
         "applied to their result");
  }

  void drop_orphans() {
    std::vector<config::ChannelOptions>& channels = answer_.config.channels;
    for (bool changed = true; changed;) {
      changed = false;
      for (auto channel = channels.begin(); channel != channels.end(); ++channel) {
        const std::string lacking = lacking_input(*channel);
        if (lacking.empty()) continue;
        note(*channel, "derived from \"" + lacking + "\"; its rules cannot be judged");
        channels.erase(channel);
        changed = true;
        break;
      }
    }
  }

  // Those whose alerts are all here. They switch nothing.
  void keep_composites() {
    for (const config::ChannelOptions& channel : answer_.config.channels) {
      for (const AlertRule& rule : channel.spec.alerts) alerts_.insert(rule.name);
    }
    answer_.config.composites.clear();
    for (config::CompositeOptions composite : wanted_.composites) {
      const auto lacks = [&](const std::vector<std::string>& names) {
        return std::any_of(names.begin(), names.end(),
                           [&](const std::string& name) { return !alerts_.contains(name); });
      };
      const bool whole = !lacks(composite.all) && !lacks(composite.any) && !lacks(composite.none);
      if (!whole || !composite.bus_down.empty()) {
        answer_.notes.push_back("alert \"" + composite.rule.name + "\": left out, for " +
                                (whole ? "nobody recorded how its bus was at each tick"
                                       : "an alert that it looks at cannot be judged"));
        continue;
      }
      composite.rule.action.clear();
      alerts_.insert(composite.rule.name);
      answer_.config.composites.push_back(std::move(composite));
    }
  }

  void drop_inhibitors() {
    const auto drop = [&](AlertRule& rule) {
      const std::size_t dropped = std::erase_if(
          rule.inhibited_by, [&](const std::string& name) { return !alerts_.contains(name); });
      if (dropped == 0) return;
      answer_.notes.push_back("alert \"" + rule.name +
                              "\": an alert that would inhibit it cannot be judged");
    };
    for (config::ChannelOptions& channel : answer_.config.channels) {
      for (AlertRule& rule : channel.spec.alerts) drop(rule);
    }
    for (config::CompositeOptions& composite : answer_.config.composites) drop(composite.rule);
  }

  // Empty when it has all.
  std::string lacking_input(const config::ChannelOptions& channel) const {
    const auto* const derived = std::get_if<hal::DerivedOptions>(&channel.sensor);
    if (derived == nullptr) return {};
    const Result<hal::Formula> formula = hal::Formula::compile(derived->expression);
    CHECK(formula.ok());
    for (const std::string& input : formula->inputs()) {
      if (find_channel(&answer_.config, input) == nullptr) return input;
    }
    return {};
  }

  const config::Config& wanted_;
  const config::Config* recorded_;
  std::span<const RecordedRun> runs_;
  ReplayConfig answer_;
  std::set<std::string> alerts_;  // that can be judged
};

}  // namespace

ReplayConfig replay_config(const config::Config& wanted, const config::Config* recorded,
                           std::span<const RecordedRun> runs) {
  return Writer(wanted, recorded, runs).write();
}

}  // namespace sluice::app
