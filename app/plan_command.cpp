#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <variant>

#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/forecast_text.hpp"
#include "config/config.hpp"
#include "config/parse.hpp"
#include "config/units.hpp"
#include "storage/reader.hpp"

namespace sluice::app {
PlanCommand::PlanCommand(CLI::App& program)
    : command_(program.add_subcommand(
          "plan",
          "Show what a configuration will cost: bytes over the link, hours in the buffer, "
          "wear of the card")),
      file_("/etc/sluice/sluice.toml"),
      outage_("24h"),
      format_("text"),
      alarms_per_day_(10.0) {
  command_->add_option("FILE", file_, "Configuration file")->capture_default_str();
  command_->add_option("--outage", outage_, "That is to be survived without losing a reading")
      ->capture_default_str();
  command_->add_option("--link-rate", link_rate_,
                       "What links carry whose profile has no rate, such as 64kbit/s");
  command_->add_option("--alarms-per-day", alarms_per_day_, "Alerts that are raised and cleared")
      ->capture_default_str();
  command_->add_option("--measured", measured_,
                       "State directory of a gateway: what its buffer says of these channels comes "
                       "in the place of what is assumed");
  command_->add_option("--format", format_, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

bool PlanCommand::chosen() const {
  return command_->parsed();
}

Result<ForecastOptions> PlanCommand::options() const {
  ForecastOptions options;
  const Result<Duration> outage = config::parse_duration(outage_);
  if (!outage) return outage.error();
  options.outage = *outage;
  if (!link_rate_.empty()) {
    const Result<std::uint64_t> rate = config::parse_rate(link_rate_);
    if (!rate) return rate.error();
    options.link_bytes_per_second = *rate / 8;
  }
  if (!std::isfinite(alarms_per_day_) || alarms_per_day_ < 0.0) {
    return Error{ErrorCode::kInvalid, "--alarms-per-day is a number from 0 on"};
  }
  options.alarms_per_day = alarms_per_day_;
  return options;
}

int PlanCommand::run() {
  Result<ForecastOptions> options = this->options();
  if (!options) return fail(options.error().message, kWrongUse);
  const std::variant<config::Config, config::Problems> loaded = config::load(file_);
  if (const auto* const problems = std::get_if<config::Problems>(&loaded)) {
    for (const config::Problem& problem : *problems) {
      std::fprintf(stderr, "%s\n", problem.text().c_str());
    }
    return problems->front().line == 0 ? kWrongUse : kFailed;
  }
  const auto& config = std::get<config::Config>(loaded);
  if (!measured_.empty()) {
    Result<storage::Reader> reader = storage::Reader::open(config::database_path(measured_));
    if (!reader) return fail(reader.error().message, kWrongUse);
    Result<MeasuredChannels> measured = measure_channels(*reader, config);
    if (!measured) return fail(measured.error().message, kFailed);
    options->measured = *std::move(measured);
  }
  const Forecast answer = forecast(config, *options);
  const std::string text = format_ == "json" ? forecast_json(answer) : forecast_text(answer);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? kDone : kFailed;
}

}  // namespace sluice::app
