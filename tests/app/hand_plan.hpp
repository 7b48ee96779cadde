#pragma once
// Plans of sensors that a test moves by hand, for tests of what the loop does with them.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/numbering.hpp"
#include "app/plan.hpp"
#include "core/channel.hpp"
#include "core/time.hpp"
#include "hal/actuator.hpp"
#include "hal/sensor.hpp"

namespace sluice::app {

// Says what the test tells it to, and counts how often it was asked.
class HandSensor final : public hal::Sensor {
 public:
  Sample read(Instant) noexcept override {
    ++reads;
    return sample;
  }

  Sample sample{20.0, Quality::kGood};
  int reads = 0;
};

inline AlertRule above(const std::string& name, double limit, const std::string& action = "") {
  AlertRule rule;
  rule.name = name;
  rule.condition = Above{limit, limit};
  rule.action = action;
  return rule;
}

inline constexpr const char* kUnit = "Cel";

inline ChannelSpec spec_of(const std::string& name, Duration period) {
  ChannelSpec spec;
  spec.name = name;
  spec.unit = kUnit;
  spec.period = period;
  return spec;
}

// Builds one plan after the other, as reloads do: a name keeps its number.
class HandPlan {
 public:
  struct Channel {
    ChannelSpec spec;
    hal::Sensor* sensor = nullptr;  // null for a channel that is derived
    std::string expression{};
  };
  struct Switch {
    std::string name;  // what an AlertRule calls its action
    hal::Actuator* actuator = nullptr;
    Interlock::Options least{};
  };

  struct Composite {
    AlertRule rule;
    std::vector<std::string> all{};
    std::vector<std::string> any{};
    std::vector<std::string> none{};
    std::optional<std::size_t> bus{};
  };
  // Of the next plans.
  std::vector<Composite> composites;

  std::unique_ptr<Plan> plan(const std::vector<Channel>& channels,
                             const std::vector<Switch>& switches = {}) {
    std::vector<Group> groups;
    for (const Channel& channel : channels) {
      auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& candidate) {
        return candidate.period == channel.spec.period;
      });
      if (group == groups.end()) {
        groups.push_back(Group{channel.spec.period, Instant{}, {}});
        group = groups.end() - 1;
      }
      group->slots.push_back(slot(channel, switches));
    }
    std::vector<Output> outputs;
    for (const Switch& one : switches) {
      outputs.push_back(
          Output{.actuator = one.actuator, .interlock = Interlock(one.least, Instant{})});
    }
    return std::make_unique<Plan>(std::move(groups), std::move(outputs),
                                  network(channels, switches));
  }

  ChannelId channel(const std::string& name) { return numbering_.channel(name, kUnit).value(); }
  AlertId alert(const std::string& name) { return numbering_.alert(name).value(); }

 private:
  std::vector<AlertId> alerts(const std::vector<std::string>& names) {
    std::vector<AlertId> ids;
    for (const std::string& name : names) ids.push_back(alert(name));
    return ids;
  }
  AlertNetwork network(const std::vector<Channel>& channels, const std::vector<Switch>& switches) {
    std::vector<CompositeAlert> all;
    std::vector<AlertGuard> guards;
    const auto guard = [&](const AlertRule& rule) {
      if (!rule.inhibited_by.empty())
        guards.push_back({alert(rule.name), alerts(rule.inhibited_by)});
    };
    for (const Channel& channel : channels) {
      for (const AlertRule& rule : channel.spec.alerts) guard(rule);
    }
    for (const Composite& one : composites) {
      guard(one.rule);
      CompositeAlert composite{.id = alert(one.rule.name),
                               .rule = one.rule,
                               .all = alerts(one.all),
                               .any = alerts(one.any),
                               .none = alerts(one.none),
                               .bus = one.bus};
      for (std::size_t i = 0; i < switches.size(); ++i) {
        if (switches[i].name == one.rule.action) composite.output = i;
      }
      all.push_back(std::move(composite));
    }
    return AlertNetwork(std::move(all), std::move(guards));
  }

  Slot slot(const Channel& channel, const std::vector<Switch>& switches) {
    std::vector<AlertId> alerts;
    std::vector<Action> actions;
    for (const AlertRule& rule : channel.spec.alerts) {
      for (std::size_t i = 0; i < switches.size(); ++i) {
        if (switches[i].name != rule.action) continue;
        actions.push_back(Action{.alert = alerts.size(),
                                 .output = i,
                                 .id = alert(rule.name),
                                 .fail_safe = rule.fail_safe,
                                 .fail_safe_after = rule.fail_safe_after});
      }
      alerts.push_back(alert(rule.name));
    }
    std::unique_ptr<Derivation> derivation;
    if (channel.sensor == nullptr) {
      hal::Formula formula = hal::Formula::compile(channel.expression).value();
      std::vector<ChannelId> inputs;
      for (const std::string& input : formula.inputs()) inputs.push_back(this->channel(input));
      derivation = std::make_unique<Derivation>(std::move(formula), std::move(inputs));
    }
    return Slot{channel.sensor,
                ChannelPipeline(this->channel(channel.spec.name), channel.spec, alerts),
                std::move(actions), std::move(derivation)};
  }

  Numbering numbering_;
};

}  // namespace sluice::app
