#include "hal/survey/sysfs_survey.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "hal/small_file.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

struct UnitOf {
  std::string_view what;
  std::string_view unit;
};
// Of the values that the driver `hwmon` makes of the kernel's numbers.
constexpr std::array kHwmonUnits{
    UnitOf{"temp", "Cel"}, UnitOf{"in", "V"},         UnitOf{"curr", "A"},    UnitOf{"power", "W"},
    UnitOf{"energy", "J"}, UnitOf{"humidity", "%RH"}, UnitOf{"fan", "1/min"}, UnitOf{"freq", "Hz"}};
// Likewise of `iio`, whose channels begin so; the longer ones first.
constexpr std::array kIioUnits{UnitOf{"in_humidityrelative", "%RH"},
                               UnitOf{"in_illuminance", "lx"},
                               UnitOf{"in_altvoltage", "V"},
                               UnitOf{"in_pressure", "Pa"},
                               UnitOf{"in_voltage", "V"},
                               UnitOf{"in_current", "A"},
                               UnitOf{"in_anglvel", "rad/s"},
                               UnitOf{"in_accel", "m/s2"},
                               UnitOf{"in_power", "W"},
                               UnitOf{"in_temp", "Cel"}};
// Families of thermometers of the kernel's w1_therm (drivers/w1/w1_family.h).
constexpr std::array kThermometers{std::string_view("10-"), std::string_view("22-"),
                                   std::string_view("28-"), std::string_view("3b-"),
                                   std::string_view("42-")};

// Sets the key `sysfs` where it is another folder than the one that holds without it.
Draft elsewhere(Draft draft, const Places& places) {
  if (places.sysfs != Places{}.sysfs) draft.keys.emplace_back("sysfs", places.sysfs);
  return draft;
}

std::string in_quotes(const std::string& text) {
  return '"' + text + '"';
}

std::string folder_of(const std::string& parent, const char* prefix, std::uint64_t number) {
  return parent + "/" + prefix + std::to_string(number);
}

std::optional<std::string_view> unit_of_hwmon(std::string_view stem) {
  const std::string_view kind = stem.substr(0, stem.find_first_of("0123456789"));
  if (kind.size() == stem.size() || !parse_count(stem.substr(kind.size()))) return std::nullopt;
  const auto* const found = std::find_if(kHwmonUnits.begin(), kHwmonUnits.end(),
                                         [&](const UnitOf& unit) { return unit.what == kind; });
  return found == kHwmonUnits.end() ? std::nullopt : std::optional(found->unit);
}

std::string_view unit_of_iio(std::string_view channel) {
  const auto* const found =
      std::find_if(kIioUnits.begin(), kIioUnits.end(),
                   [&](const UnitOf& unit) { return channel.starts_with(unit.what); });
  return found == kIioUnits.end() ? "1" : found->unit;
}

// How often each text is there.
std::map<std::string, int> counted(const std::vector<std::string>& texts) {
  std::map<std::string, int> counts;
  for (const std::string& text : texts) ++counts[text];
  return counts;
}

struct Chip {
  std::string folder;
  std::string name;
  std::string device;
};

std::vector<Draft> drafts_of(const Chip& chip, bool is_alone, const Places& places) {
  constexpr std::string_view kEnd = "_input";
  std::vector<std::string> stems;
  std::vector<std::string> labels;
  for (const std::string& file : entries_of(chip.folder)) {
    if (!file.ends_with(kEnd)) continue;
    const std::string stem = file.substr(0, file.size() - kEnd.size());
    if (!unit_of_hwmon(stem)) continue;
    stems.push_back(stem);
    labels.push_back(attribute(chip.folder + "/" + stem + "_label"));
  }
  const std::map<std::string, int> counts = counted(labels);
  std::vector<Draft> drafts;
  for (std::size_t i = 0; i < stems.size(); ++i) {
    // A label stays with its sensor when a kernel numbers them otherwise; two may have the same.
    const bool by_label = !labels[i].empty() && counts.at(labels[i]) == 1;
    const std::string& sensor = by_label ? labels[i] : stems[i];
    Draft draft{.name = chip.name + "." + sensor,
                .unit = std::string(*unit_of_hwmon(stems[i])),
                .driver = "hwmon",
                .keys = {{"chip", chip.name}, {"sensor", sensor}}};
    if (!is_alone && !chip.device.empty()) draft.keys.emplace_back("device", chip.device);
    drafts.push_back(elsewhere(std::move(draft), places));
  }
  return drafts;
}

// Names of the files that are a value to read, without their ends.
std::vector<std::string> iio_channels(const std::string& folder) {
  std::set<std::string> channels;
  for (const std::string& file : entries_of(folder)) {
    if (!file.starts_with("in_")) continue;
    for (const std::string_view end : {"_input", "_raw"}) {
      if (file.ends_with(end)) channels.insert(file.substr(0, file.size() - end.size()));
    }
  }
  return {channels.begin(), channels.end()};
}

}  // namespace

Survey survey_hwmon(const Places& places) {
  Survey survey{.title = "Hardware monitoring"};
  const std::string parent = places.sysfs + "/class/hwmon";
  std::vector<Chip> chips;
  std::vector<std::string> names;
  for (const std::uint64_t number : numbered(parent, "hwmon", "")) {
    const std::string folder = folder_of(parent, "hwmon", number);
    names.push_back(attribute(folder + "/name"));
    if (!names.back().empty()) {
      chips.push_back({folder, names.back(), link_end(folder + "/device")});
    }
  }
  const std::map<std::string, int> counts = counted(names);
  for (const Chip& chip : chips) {
    const std::string at = chip.device.empty() ? "" : " (device " + chip.device + ")";
    add_finding(survey, {.text = "chip " + in_quotes(chip.name) + at,
                         .drafts = drafts_of(chip, counts.at(chip.name) == 1, places)});
  }
  return survey;
}

Survey survey_iio(const Places& places) {
  Survey survey{.title = "Industrial I/O"};
  const std::string parent = places.sysfs + "/bus/iio/devices";
  std::set<std::string> seen;
  for (const std::uint64_t number : numbered(parent, "iio:device", "")) {
    const std::string folder = folder_of(parent, "iio:device", number);
    const std::string label = attribute(folder + "/label");
    const std::string name = label.empty() ? attribute(folder + "/name") : label;
    if (name.empty()) continue;
    Finding finding{.text = "device " + in_quotes(name) + " (iio:device" + std::to_string(number) +
                            ")"};
    if (!seen.insert(name).second) {
      finding.text += ": of that name the first is read; give them labels";
      add_finding(survey, std::move(finding));
      continue;
    }
    for (const std::string& channel : iio_channels(folder)) {
      finding.drafts.push_back(elsewhere({.name = name + "." + channel.substr(3),
                                          .unit = std::string(unit_of_iio(channel)),
                                          .driver = "iio",
                                          .keys = {{"device", name}, {"channel", channel}}},
                                         places));
    }
    add_finding(survey, std::move(finding));
  }
  return survey;
}

Survey survey_w1(const Places& places) {
  Survey survey{.title = "1-Wire"};
  const std::string parent = places.sysfs + "/bus/w1/devices";
  const std::vector<std::string> devices = entries_of(parent);
  for (const std::string& rom : devices) {
    if (rom.starts_with("w1_bus_master")) continue;
    const bool thermometer =
        std::any_of(kThermometers.begin(), kThermometers.end(),
                    [&](std::string_view family) { return rom.starts_with(family); });
    Finding finding{.text = (thermometer ? "thermometer " : "device ") + rom};
    if (thermometer) {
      // A conversion takes 750 ms, and thermometers of one master are read one after the other.
      finding.drafts.push_back(elsewhere({.name = "w1." + rom,
                                          .unit = "Cel",
                                          .period = "10s",
                                          .driver = "w1",
                                          .keys = {{"rom", rom}}},
                                         places));
    }
    add_finding(survey, std::move(finding));
  }
  return survey;
}

Survey survey_thermal(const Places& places) {
  Survey survey{.title = "Thermometers of this machine"};
  const std::string parent = places.sysfs + "/class/thermal";
  const std::vector<std::uint64_t> zones = numbered(parent, "thermal_zone", "");
  std::vector<std::string> types;
  for (const std::uint64_t zone : zones) {
    types.push_back(attribute(folder_of(parent, "thermal_zone", zone) + "/type"));
  }
  const std::map<std::string, int> counts = counted(types);
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const std::string number = std::to_string(zones[i]);
    const bool by_type = !types[i].empty() && counts.at(types[i]) == 1;
    const std::string& target = by_type ? types[i] : number;
    add_finding(survey,
                {.text = "thermal zone " + number + " " + in_quotes(types[i]),
                 .drafts = {elsewhere({.name = "zone." + target,
                                       .unit = "Cel",
                                       .period = "10s",
                                       .driver = "host",
                                       .keys = {{"quantity", "temperature"}, {"target", target}}},
                                      places)}});
  }
  return survey;
}

Survey survey_serial(const Places& places) {
  Survey survey{.title = "Serial ports"};
  const std::string by_id = places.dev + "/serial/by-id";
  std::set<std::string> named;
  for (const std::string& name : entries_of(by_id)) {
    const std::string port = link_end(by_id + "/" + name);
    named.insert(port);
    add_finding(survey, {.text = by_id + "/" + name + " (" + port + ")"});
  }
  const std::string parent = places.sysfs + "/class/tty";
  for (const std::string& port : entries_of(parent)) {
    const std::string folder = parent + "/" + port;
    // What has no driver is a terminal, not a port; ports that the PC's driver knows only by number
    // are of type 0 (include/uapi/linux/serial.h, PORT_UNKNOWN).
    if (link_end(folder + "/device/driver").empty() || attribute(folder + "/type") == "0") continue;
    if (!named.contains(port)) add_finding(survey, {.text = places.dev + "/" + port});
  }
  return survey;
}

Survey survey_can(const Places& places) {
  constexpr std::string_view kTypeCan = "280";  // include/uapi/linux/if_arp.h, ARPHRD_CAN
  Survey survey{.title = "CAN"};
  const std::string parent = places.sysfs + "/class/net";
  for (const std::string& interface : entries_of(parent)) {
    const std::string folder = parent + "/" + interface;
    if (attribute(folder + "/type") != kTypeCan) continue;
    const std::string state = attribute(folder + "/operstate");
    add_finding(survey, {.text = "interface " + interface +
                                 (state.empty() ? std::string() : " (" + state + ")")});
  }
  return survey;
}

}  // namespace sluice::hal
