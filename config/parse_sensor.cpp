#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "config/sections.hpp"
#include "config/units.hpp"
#include "hal/device_drivers.hpp"

namespace sluice::config {
namespace {

// In the order of the key table's choices; the device drivers come behind them.
enum class Driver : std::size_t { kHost, kSimulated, kReplay, kDerived, kDevices };

std::vector<Section> driver_sections() {
  std::vector<Section> sections{Section::kHost, Section::kSimulated, Section::kReplay,
                                Section::kDerived};
  for (std::size_t i = 0; i < hal::device_drivers().size(); ++i) {
    sections.push_back(section_of_device(i));
  }
  return sections;
}

hal::HostOptions parse_host(TableReader& channel) {
  hal::HostOptions host;
  const bool known = channel.choice("quantity", host.quantity);
  const bool targeted = channel.text("target", host.target);
  channel.path("procfs", host.procfs);
  channel.path("sysfs", host.sysfs);
  if (!known) return host;

  switch (host.quantity) {
    case hal::HostQuantity::kDiskFree:
      if (!channel.has("target")) {
        channel.report("target", "missing; disk_free needs a path, such as target = \"/\"");
      } else if (targeted && !host.target.starts_with('/')) {
        channel.report("target", "disk_free needs a path from the root, such as \"/var\"");
      }
      break;
    case hal::HostQuantity::kTemperature:
    case hal::HostQuantity::kNetworkReceived:
    case hal::HostQuantity::kNetworkSent:
      break;
    default:
      if (channel.has("target")) {
        channel.report("target", "this quantity is of the whole machine and takes no target");
      }
  }
  return host;
}

hal::SimulatedFault parse_fault(TableReader& reader) {
  hal::SimulatedFault fault;
  const bool known = reader.choice("kind", fault.kind);
  reader.duration("from", fault.from);
  const bool measured = reader.duration("length", fault.length);
  reader.number("value", fault.spike);
  reader.duration("every", fault.every);
  reader.reject_strangers();

  const bool is_spike = fault.kind == hal::FaultKind::kSpike;
  if (known && is_spike && !reader.has("value")) {
    reader.report("value", "missing; a spike needs what it adds, such as value = 50.0");
  }
  if (known && !is_spike && reader.has("value")) {
    reader.report("value", "only a spike takes a value");
  }
  if (measured && fault.every != Duration::zero() && fault.every <= fault.length) {
    reader.report("every", "every " + text_of_duration(fault.every) +
                               " is not longer than the length of " +
                               text_of_duration(fault.length));
  }
  return fault;
}

hal::SimulatedOptions parse_simulated(TableReader& channel, Names& names) {
  hal::SimulatedOptions simulated;
  channel.choice("shape", simulated.shape);
  channel.number("mean", simulated.mean);
  channel.number("amplitude", simulated.amplitude);
  channel.duration("sine_period", simulated.period);
  channel.number("resolution", simulated.resolution);
  channel.integer("seed", simulated.seed);
  for (TableReader& fault : channel.tables("faults", Section::kFault)) {
    simulated.faults.push_back(parse_fault(fault));
  }
  if (channel.path("ledger", simulated.ledger)) {
    names.ledgers.claim(channel, "ledger", simulated.ledger);
  }
  channel.integer("ledger_records", simulated.ledger_records);
  return simulated;
}

hal::ReplayOptions parse_replay(TableReader& channel) {
  hal::ReplayOptions replay;
  channel.path("file", replay.file);
  channel.text("time_column", replay.time_column);
  channel.text("value_column", replay.value_column);
  channel.number("speed", replay.speed);
  channel.flag("repeat", replay.repeat);
  return replay;
}

}  // namespace

hal::SensorOptions parse_sensor(TableReader& channel, Names& names) {
  const std::vector<Section> sections = driver_sections();
  Driver driver{};
  if (!channel.choice("driver", driver)) {
    // Nobody knows yet which of the drivers' keys belong here.
    for (const Section section : sections) channel.also(section);
    channel.reject_strangers();
    return {};
  }
  const auto number = static_cast<std::size_t>(driver);
  channel.also(sections[number]);
  channel.reject_strangers(sections);
  switch (driver) {
    case Driver::kHost:
      return parse_host(channel);
    case Driver::kSimulated:
      return parse_simulated(channel, names);
    case Driver::kReplay:
      return parse_replay(channel);
    case Driver::kDerived:
      return parse_derived(channel);
    default:
      return parse_device(channel, number - static_cast<std::size_t>(Driver::kDevices), names);
  }
}

}  // namespace sluice::config
