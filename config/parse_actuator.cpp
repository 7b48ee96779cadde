#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/sections.hpp"
#include "hal/actuator_drivers.hpp"

namespace sluice::config {
namespace {

// In the order of the key table's choices; the drivers of devices come behind them.
enum class Driver : std::size_t { kLog, kSimulated, kDevices };

std::vector<Section> driver_sections() {
  std::vector<Section> sections;
  for (std::size_t i = 0; i < hal::actuator_drivers().size(); ++i) {
    sections.push_back(section_of_actuator(i));
  }
  return sections;
}

hal::DeviceOptions parse_output(TableReader& reader, std::size_t number, Names& names) {
  const hal::ActuatorDriver& driver = *hal::actuator_drivers()[number];
  hal::DeviceOptions options{.driver = std::string(driver.name), .settings = {}};
  std::optional<hal::Settings> settings =
      parse_settings(reader, driver.keys, section_of_actuator(number));
  if (!settings) return options;
  options.settings = *std::move(settings);
  if (driver.check != nullptr) {
    if (const auto mistake = driver.check(options.settings)) {
      reader.report(mistake->key, mistake->message);
    }
  }
  claim_address(reader, driver.address(options.settings),
                {.driver = options.driver,
                 .line = reader.position_of("driver").line,
                 .exclusive = true,
                 .switches = true},
                names);
  count_bus(reader, driver.bus(options.settings), names);
  return options;
}

hal::ActuatorKind parse_kind(TableReader& reader, Names& names) {
  const std::vector<Section> sections = driver_sections();
  Driver driver{};
  if (!reader.choice("driver", driver)) {
    // Nobody knows yet which of the drivers' keys belong here.
    for (const Section section : sections) reader.also(section);
    reader.reject_strangers();
    return {};
  }
  if (driver < Driver::kDevices) {
    reader.reject_strangers(sections);
    if (driver == Driver::kSimulated) return hal::SimulatedActuatorOptions{};
    return hal::LogActuatorOptions{};
  }
  const std::size_t number =
      static_cast<std::size_t>(driver) - static_cast<std::size_t>(Driver::kDevices);
  reader.also(sections[number]);
  reader.reject_strangers(sections);
  return parse_output(reader, number, names);
}

}  // namespace

void parse_actuators(TableReader& root, Names& names, Config& config) {
  for (TableReader& reader : root.tables("actuator", Section::kActuator)) {
    hal::ActuatorOptions actuator;
    if (reader.text("name", actuator.name)) names.actuators.claim(reader, "name", actuator.name);
    reader.duration("min_on", actuator.min_on);
    reader.duration("min_off", actuator.min_off);
    actuator.kind = parse_kind(reader, names);
    config.actuators.push_back(std::move(actuator));
  }
}

}  // namespace sluice::config
