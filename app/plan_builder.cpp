#include "app/plan_builder.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "config/describe.hpp"
#include "core/fingerprint.hpp"

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

// Null for a channel that has a sensor. The configuration has been checked: the formula is one, and
// all its channels are there.
std::unique_ptr<Derivation> derivation_of(const config::ChannelOptions& channel,
                                          const config::Config& config,
                                          const Numbering& numbering) {
  const auto* options = std::get_if<hal::DerivedOptions>(&channel.sensor);
  if (options == nullptr) return nullptr;
  Result<hal::Formula> formula = hal::Formula::compile(options->expression);
  CHECK(formula.ok());
  std::vector<ChannelId> inputs;
  for (const std::string& name : formula->inputs()) {
    const auto input =
        std::find_if(config.channels.begin(), config.channels.end(),
                     [&](const config::ChannelOptions& other) { return other.spec.name == name; });
    CHECK(input != config.channels.end());
    const std::optional<ChannelId> id = numbering.find_channel(name, input->spec.unit);
    CHECK(id.has_value());
    inputs.push_back(*id);
  }
  return std::make_unique<Derivation>(*std::move(formula), std::move(inputs));
}

std::vector<AlertId> ids_of(const std::vector<std::string>& names, const Numbering& numbering) {
  std::vector<AlertId> ids;
  for (const std::string& name : names) {
    const std::optional<AlertId> id = numbering.find_alert(name);
    CHECK(id.has_value());
    ids.push_back(*id);
  }
  return ids;
}

// The alerts that look at others. All alerts of channels have their numbers. Nothing when there are
// no numbers left.
std::optional<AlertNetwork> network_of(const config::Config& config, Numbering& numbering,
                                       Instant now, std::vector<Event>& declarations) {
  std::vector<CompositeAlert> composites;
  std::vector<AlertGuard> guards;
  const auto guard = [&](const AlertRule& rule) {
    if (rule.inhibited_by.empty()) return;
    guards.push_back({*numbering.find_alert(rule.name), ids_of(rule.inhibited_by, numbering)});
  };
  for (const config::CompositeOptions& options : config.composites) {
    const std::optional<AlertId> id = numbering.alert(options.rule.name);
    if (!id) return std::nullopt;
    CompositeAlert composite{.id = *id,
                             .rule = options.rule,
                             .all = ids_of(options.all, numbering),
                             .any = ids_of(options.any, numbering),
                             .none = ids_of(options.none, numbering)};
    if (!options.bus_down.empty()) {
      composite.bus = numbering.bus(options.bus_down);
      if (!composite.bus) return std::nullopt;
    }
    if (!options.rule.action.empty()) composite.output = output_of(config, options.rule.action);
    const std::string rule = config::describe(options);
    composite.fingerprint = fingerprint_of_text(rule);
    composites.push_back(std::move(composite));
    declarations.push_back(AlertDeclared{now, *id, kNoChannel, options.rule.name, rule});
  }
  for (const config::ChannelOptions& channel : config.channels) {
    for (const AlertRule& rule : channel.spec.alerts) guard(rule);
  }
  for (const config::CompositeOptions& options : config.composites) guard(options.rule);
  return AlertNetwork(std::move(composites), std::move(guards));
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
  // A derived channel may stand before those that it is derived from.
  for (const config::ChannelOptions& channel : config.channels) {
    if (!numbering.channel(channel.spec.name, channel.spec.unit)) return out_of_numbers();
  }
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
        actions.push_back(Action{.alert = alerts.size(),
                                 .output = output_of(config, rule.action),
                                 .id = *alert,
                                 .fail_safe = rule.fail_safe,
                                 .fail_safe_after = rule.fail_safe_after});
      }
      alerts.push_back(*alert);
      built.declarations.push_back(
          AlertDeclared{now, *alert, *id, rule.name, config::describe(rule, spec.unit)});
    }
    group_of(groups, spec.period)
        .slots.push_back(Slot{equipment.opened(channel).sensor.get(),
                              ChannelPipeline(*id, spec, alerts), std::move(actions),
                              derivation_of(channel, config, numbering)});
  }

  std::vector<Output> outputs;
  for (const hal::ActuatorOptions& options : config.actuators) {
    outputs.push_back(Output{
        .actuator = &equipment.actuator(options),
        .interlock = Interlock({.min_on = options.min_on, .min_off = options.min_off}, now)});
  }
  std::optional<AlertNetwork> network = network_of(config, numbering, now, built.declarations);
  if (!network) return out_of_numbers();
  built.plan = std::make_unique<Plan>(std::move(groups), std::move(outputs), *std::move(network));
  return built;
}

}  // namespace sluice::app
