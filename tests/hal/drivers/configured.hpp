#pragma once
// A channel as an operator would write it, opened: so a test of a driver goes through its keys,
// too.

#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "config/parse.hpp"
#include "core/check.hpp"
#include "hal/driver.hpp"

namespace sluice::hal {

// `lines` are the driver's, in TOML: "driver = \"file\"\nfile = \"/run/level\"\n".
class Configured {
 public:
  explicit Configured(const std::string& lines, Duration period = std::chrono::seconds(1)) {
    std::variant<config::Config, config::Problems> parsed = parse(lines);
    if (const auto* problems = std::get_if<config::Problems>(&parsed)) {
      check_failed(problems->front().text().c_str(), __FILE__, __LINE__);
    }
    const auto& config = std::get<config::Config>(parsed);
    options = config.channels.front().sensor;
    Result<OpenSensor> opened = open_sensor(options, period, buses);
    CHECK(opened.ok());
    open = *std::move(opened);
  }

  // The messages of all mistakes, a line each; empty when there is none.
  static std::string problems_of(const std::string& lines) {
    std::string text;
    std::variant<config::Config, config::Problems> parsed = parse(lines);
    if (const auto* problems = std::get_if<config::Problems>(&parsed)) {
      for (const config::Problem& problem : *problems) {
        text += problem.key + ": " + problem.message + "\n";
      }
    }
    return text;
  }

  Result<double> measure(Instant now = Instant(std::chrono::seconds(1))) {
    return open.polled->probe().measure(now);
  }
  // REQUIRES: it fails.
  ErrorCode failure() { return measure().error().code; }

  SensorOptions options;
  SharedBuses buses;
  OpenSensor open;

 private:
  static std::variant<config::Config, config::Problems> parse(const std::string& lines) {
    return config::parse("[[channel]]\nname = \"c\"\nunit = \"1\"\n" + lines, "t.toml", "host");
  }
};

}  // namespace sluice::hal
