#include "hal/drivers/iio_driver.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr Key kKeys[] = {
    {.name = "device",
     .type = KeyType::kText,
     .required = true,
     .example = "device = \"bme280\"",
     .low = 1,
     .high = 128,
     .meaning = "The device's `label` or `name`, as in `/sys/bus/iio/devices/iio:device*/`. With "
                "several of one name, the first found: give them labels."},
    {.name = "channel",
     .type = KeyType::kText,
     .required = true,
     .example = "channel = \"in_temp\"",
     .low = 4,
     .high = 128,
     .meaning = "Name of its files without `_input` or `_raw`, such as `in_temp`, `in_voltage0`, "
                "`in_accel_x`. In `Cel`, `V`, `A`, `W`, `%RH`, `Pa`, `lx`, `m/s2`, `rad/s`."},
    kSysfsKey,
};

struct Unit {
  std::string_view channel;
  double scale;
};
constexpr std::array kUnits{
    Unit{"in_temp", 1e-3},              // m°C
    Unit{"in_voltage", 1e-3},           // mV
    Unit{"in_altvoltage", 1e-3},        // mV
    Unit{"in_current", 1e-3},           // mA
    Unit{"in_power", 1e-3},             // mW
    Unit{"in_humidityrelative", 1e-3},  // m%
    Unit{"in_pressure", 1e3},           // kPa
};

// Under which names an attribute of `channel` may lie: its own, then those that it shares with the
// other channels of its type. "in_voltage0" shares "in_voltage", "in_accel_x" shares "in_accel",
// "in_voltage0-voltage1" shares "in_voltage-voltage".
std::vector<std::string> names_of(const std::string& channel) {
  const auto without_digits = [](std::string name) {
    std::erase_if(name, [](char c) { return c >= '0' && c <= '9'; });
    return name;
  };
  std::vector<std::string> names{channel, without_digits(channel)};
  const std::size_t modifier = channel.rfind('_');
  if (modifier > std::string_view("in").size()) {
    names.push_back(channel.substr(0, modifier));
    names.push_back(without_digits(channel.substr(0, modifier)));
  }
  return names;
}

}  // namespace

double iio_unit(std::string_view channel) {
  for (const Unit& unit : kUnits) {
    if (!channel.starts_with(unit.channel)) continue;
    const std::string_view rest = channel.substr(unit.channel.size());
    const bool whole = rest.empty() || rest.front() == '_' || rest.front() == '-' ||
                       (rest.front() >= '0' && rest.front() <= '9');
    if (whole) return unit.scale;
  }
  return 1.0;
}

Result<double> iio_shared(const std::string& folder, const std::string& channel,
                          const char* attribute, double without) {
  for (const std::string& name : names_of(channel)) {
    const Result<double> value = number_attribute(folder + "/" + name + "_" + attribute);
    if (value || value.error().code != ErrorCode::kNotFound) return value;
  }
  return without;
}

bool IioProbe::is_device(const std::string& folder) const {
  return attribute(folder + "/label") == options_.device ||
         attribute(folder + "/name") == options_.device;
}

Result<std::string> IioProbe::find() const {
  const std::string devices = options_.sysfs + "/bus/iio/devices";
  for (const std::uint64_t number : numbered(devices, "iio:device", "")) {
    std::string folder = devices + "/iio:device" + std::to_string(number);
    if (is_device(folder)) return folder;
  }
  return Error{ErrorCode::kNotFound, "no device \"" + options_.device + "\" in " + devices};
}

Result<double> IioProbe::read(const std::string& folder) const {
  const double unit = iio_unit(options_.channel);
  const std::string stem = folder + "/" + options_.channel;
  const Result<double> processed = number_attribute(stem + "_input");
  if (processed) return *processed * unit;
  if (processed.error().code != ErrorCode::kNotFound) return processed.error();
  const Result<double> raw = number_attribute(stem + "_raw");
  if (!raw && raw.error().code == ErrorCode::kNotFound) {
    return Error{ErrorCode::kNotFound, "device \"" + options_.device + "\" has no channel \"" +
                                           options_.channel + "\" in " + folder};
  }
  if (!raw) return raw.error();
  const Result<double> offset = iio_shared(folder, options_.channel, "offset", 0.0);
  if (!offset) return offset.error();
  const Result<double> scale = iio_shared(folder, options_.channel, "scale", 1.0);
  if (!scale) return scale.error();
  return (*raw + *offset) * *scale * unit;
}

Result<double> IioProbe::measure(Instant) {
  if (!folder_.empty() && is_device(folder_)) {
    Result<double> value = read(folder_);
    if (value.ok() || value.error().code != ErrorCode::kNotFound) return value;
  }
  folder_.clear();
  Result<std::string> found = find();
  if (!found) return found.error();
  folder_ = *std::move(found);
  return read(folder_);
}

const DeviceDriver kIioDriver = {
    .name = "iio",
    .keys = kKeys,
    .bus = [](const Settings& settings) { return "iio:" + settings.text("device"); },
    // Reading one by one and the buffer are in each other's way.
    .address = [](const Settings& settings) { return "iio:" + settings.text("device"); },
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(2); },
    .open = [](const Settings& settings, SharedBuses&) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(
          std::make_unique<IioProbe>(IioProbe::Options{.device = settings.text("device"),
                                                       .channel = settings.text("channel"),
                                                       .sysfs = settings.text("sysfs")}));
    },
};

}  // namespace sluice::hal
