#include <cstddef>
#include <cstdio>
#include <variant>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "config/parse.hpp"

namespace sluice::app {

CheckCommand::CheckCommand(CLI::App& program)
    : command_(program.add_subcommand("check", "Check a configuration: shows every mistake in it")),
      file_("/etc/sluice/sluice.toml") {
  command_->add_option("FILE", file_, "Configuration file")->capture_default_str();
}

bool CheckCommand::chosen() const {
  return command_->parsed();
}

int CheckCommand::run() {
  const std::variant<config::Config, config::Problems> outcome = config::load(file_);
  if (const auto* problems = std::get_if<config::Problems>(&outcome)) {
    for (const config::Problem& problem : *problems) {
      std::fprintf(stderr, "%s\n", problem.text().c_str());
    }
    // A file that cannot be read has no lines.
    if (problems->front().line == 0) return kWrongUse;
    std::fprintf(stderr, "%zu problem%s in %s\n", problems->size(),
                 problems->size() == 1 ? "" : "s", file_.c_str());
    return kFailed;
  }
  const auto& config = std::get<config::Config>(outcome);
  std::size_t alerts = 0;
  for (const config::ChannelOptions& channel : config.channels) {
    alerts += channel.spec.alerts.size();
  }
  std::printf("%s is good: gateway %s, %zu channels, %zu alerts, %zu actuators\n", file_.c_str(),
              config.gateway.id.c_str(), config.channels.size(), alerts, config.actuators.size());
  return kDone;
}

}  // namespace sluice::app
