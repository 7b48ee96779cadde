#include <cstdio>
#include <variant>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/last_good.hpp"
#include "hal/driver.hpp"

namespace sluice::app {

OutputsCommand::OutputsCommand(CLI::App& program)
    : command_(program.add_subcommand(
          "outputs", "Put the outputs into their safe states, where no gateway runs any more")),
      file_("/etc/sluice/sluice.toml"),
      state_directory_(config::GatewayOptions{}.state_directory) {
  command_->add_flag("--safe", safe_, "What to do; there is nothing else yet")->required();
  command_->add_option("FILE", file_, "Configuration file")->capture_default_str();
  command_
      ->add_option("--state-directory", state_directory_,
                   "Where the last good configuration is looked for when FILE has mistakes")
      ->capture_default_str();
}

bool OutputsCommand::chosen() const {
  return command_->parsed();
}

std::optional<config::Config> OutputsCommand::load() const {
  std::variant<config::Config, config::Problems> outcome = config::load(file_);
  if (auto* const config = std::get_if<config::Config>(&outcome)) return std::move(*config);
  for (const config::Problem& problem : std::get<config::Problems>(outcome)) {
    std::fprintf(stderr, "%s\n", problem.text().c_str());
  }
  return LastGood(state_directory_).load(file_);
}

int OutputsCommand::run() {
  const std::optional<config::Config> config = load();
  if (!config) {
    std::fprintf(stderr, "no output was touched: there is no configuration that names them\n");
    return kFailed;
  }
  int status = kDone;
  for (const hal::ActuatorOptions& actuator : config->actuators) {
    if (!std::holds_alternative<hal::DeviceOptions>(actuator.kind)) continue;
    if (const Result<> safe = hal::make_safe(actuator); safe) {
      std::printf("%s is safe\n", actuator.name.c_str());
    } else {
      std::fprintf(stderr, "%s is not safe: %s\n", actuator.name.c_str(),
                   safe.error().message.c_str());
      status = kFailed;
    }
  }
  return status;
}

}  // namespace sluice::app
