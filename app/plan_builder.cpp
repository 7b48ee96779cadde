#include "app/plan_builder.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "config/describe.hpp"

namespace sluice::app {
namespace {

Error out_of_numbers() {
  return Error{ErrorCode::kFull,
               "this run has used up its channel and alert numbers after many reloads; restart the "
               "gateway to apply the configuration"};
}

std::size_t output_of(const config::Config& config, const std::string& actuator) {
  const auto found =
      std::find_if(config.actuators.begin(), config.actuators.end(),
                   [&](const hal::ActuatorOptions& options) { return options.name == actuator; });
  CHECK(found != config.actuators.end());
  return static_cast<std::size_t>(found - config.actuators.begin());
}

Group& group_of(std::vector<Group>& groups, Duration period) {
  for (Group& group : groups) {
    if (group.period == period) return group;
  }
  groups.push_back(Group{period, Instant{}, {}});
  return groups.back();
}

}  // namespace

Result<BuiltPlan> build_plan(const config::Config& config, const Equipment& equipment,
                             Numbering& numbering, Instant now) {
  BuiltPlan built;
  std::vector<Group> groups;
  for (const config::ChannelOptions& channel : config.channels) {
    const ChannelSpec& spec = channel.spec;
    const std::optional<ChannelId> id = numbering.channel(spec.name, spec.unit);
    if (!id) return out_of_numbers();
    built.declarations.push_back(
        ChannelDeclared{now, *id, spec.name, spec.unit, spec.period, spec.calibration});

    std::vector<AlertId> alerts;
    std::vector<Action> actions;
    for (const AlertRule& rule : spec.alerts) {
      const std::optional<AlertId> alert = numbering.alert(rule.name);
      if (!alert) return out_of_numbers();
      if (!rule.action.empty()) {
        actions.push_back(Action{alerts.size(), output_of(config, rule.action), false});
      }
      alerts.push_back(*alert);
      built.declarations.push_back(
          AlertDeclared{now, *alert, *id, rule.name, config::describe(rule, spec.unit)});
    }
    group_of(groups, spec.period)
        .slots.push_back(Slot{&equipment.sensor(channel), ChannelPipeline(*id, spec, alerts),
                              std::move(actions)});
  }

  std::vector<Output> outputs;
  for (const hal::ActuatorOptions& options : config.actuators) {
    outputs.push_back(Output{&equipment.actuator(options), 0, false});
  }
  built.plan = std::make_unique<Plan>(std::move(groups), std::move(outputs));
  return built;
}

}  // namespace sluice::app
