#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "collector/commands.hpp"
#include "collector/database.hpp"
#include "collector/summary.hpp"

namespace sluice::collector {

StatusCommand::StatusCommand(CLI::App& program)
    : command_(program.add_subcommand("status", "Count what has arrived and what is missing")) {
  command_->add_option("--database", database_, "The collector's SQLite file")->required();
  command_->add_flag("--json", json_, "For programs");
}

bool StatusCommand::chosen() const {
  return command_->parsed();
}

int StatusCommand::run() {
  Result<storage::Connection> connection = open_for_reading(database_);
  if (!connection) {
    std::fprintf(stderr, "sluice-collector: %s\n", connection.error().message.c_str());
    return kWrongUse;
  }
  const Result<Summary> summary = summarise(*connection);
  if (!summary) {
    std::fprintf(stderr, "sluice-collector: %s\n", summary.error().message.c_str());
    return kFailed;
  }
  const std::string text = json_ ? to_json(*summary) : to_text(*summary);
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && std::fflush(stdout) == 0 ? kDone : kFailed;
}

}  // namespace sluice::collector
