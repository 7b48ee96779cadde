#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/explanation.hpp"
#include "config/config.hpp"
#include "config/parse.hpp"
#include "config/units.hpp"

namespace sluice::app {
namespace {

constexpr const char* kUsualFile = "/etc/sluice/sluice.toml";

}  // namespace

ExplainCommand::ExplainCommand(CLI::App& program)
    : command_(program.add_subcommand(
          "explain", "Show why an alert was last raised: its rule, and the readings around")),
      before_("10s"),
      after_("5s"),
      state_directory_("/var/lib/sluice") {
  command_->add_option("ALERT", alert_, "Name of the alert")->required();
  command_->add_option("--before", before_, "Show readings from so long before it, such as 1m")
      ->capture_default_str();
  command_->add_option("--after", after_, "... to so long after it")->capture_default_str();
  command_->add_option(
      "--config", config_file_,
      std::string("File with its rule, to hold the readings to; without it ") + kUsualFile);
  command_->add_option("--state-directory", state_directory_, "Where the gateway keeps its buffer")
      ->capture_default_str();
}

bool ExplainCommand::chosen() const {
  return command_->parsed();
}

int ExplainCommand::run() {
  const Result<Duration> before = config::parse_duration(before_);
  if (!before) return fail(before.error().message, kWrongUse);
  const Result<Duration> after = config::parse_duration(after_);
  if (!after) return fail(after.error().message, kWrongUse);
  const bool is_usual = config_file_.empty();
  std::variant<config::Config, config::Problems> loaded =
      config::load(is_usual ? kUsualFile : config_file_);
  std::optional<config::Config> config;
  if (auto* const right = std::get_if<config::Config>(&loaded)) {
    config = std::move(*right);
  } else if (!is_usual) {
    return fail(std::get<config::Problems>(loaded).front().text(), kWrongUse);
  }
  Result<storage::Reader> reader = storage::Reader::open(config::database_path(state_directory_));
  if (!reader) return fail(reader.error().message, kWrongUse);
  const Result<Explanation> explanation = explain(*reader, alert_, {*before, *after}, config);
  if (!explanation) return fail(explanation.error().message, kFailed);
  const std::string text = text_of(*explanation);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? kDone : kFailed;
}

}  // namespace sluice::app
