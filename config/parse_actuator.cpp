#include <cstddef>
#include <utility>

#include "config/sections.hpp"

namespace sluice::config {
namespace {

enum class Driver { kLog, kSimulated };

}  // namespace

void parse_actuators(TableReader& root, Names& names, Config& config) {
  for (TableReader& reader : root.tables("actuator", Section::kActuator)) {
    hal::ActuatorOptions actuator;
    if (reader.text("name", actuator.name)) names.actuators.claim(reader, "name", actuator.name);
    Driver driver = Driver::kLog;
    reader.choice("driver", driver);
    if (driver == Driver::kSimulated) actuator.kind = hal::SimulatedActuatorOptions{};
    reader.reject_strangers();
    config.actuators.push_back(std::move(actuator));
  }
}

}  // namespace sluice::config
