#include "hal/host_thermometer.hpp"

#include <cstdint>
#include <utility>

#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

Result<double> read_celsius(const std::string& path) {
  const Result<std::int64_t> thousandths = integer_attribute(path);
  if (!thousandths) return thousandths.error();
  return static_cast<double>(*thousandths) / 1000.0;  // so say both kinds of file
}

}  // namespace

Thermometer::Thermometer(std::string sysfs, std::string target)
    : sysfs_(std::move(sysfs)), target_(std::move(target)) {}

Result<double> Thermometer::measure() {
  if (path_.empty()) {
    Result<std::string> found = find();
    if (!found) return found.error();
    path_ = *std::move(found);
  }
  Result<double> celsius = read_celsius(path_);
  if (!celsius && celsius.error().code == ErrorCode::kNotFound) path_.clear();
  return celsius;
}

Result<std::string> Thermometer::find() const {
  const bool any = target_.empty();
  const std::string zones = sysfs_ + "/class/thermal";
  for (const std::uint64_t zone : numbered(zones, "thermal_zone", "")) {
    const std::string folder = zones + "/thermal_zone" + std::to_string(zone);
    const std::string path = folder + "/temp";
    const bool named = target_ == std::to_string(zone) || target_ == attribute(folder + "/type");
    if (any ? read_celsius(path).ok() : named) return path;
  }
  const std::string chips = sysfs_ + "/class/hwmon";
  for (const std::uint64_t chip : numbered(chips, "hwmon", "")) {
    const std::string folder = chips + "/hwmon" + std::to_string(chip);
    const std::string name = attribute(folder + "/name");
    for (const std::uint64_t sensor : numbered(folder, "temp", "_input")) {
      const std::string stem = "temp" + std::to_string(sensor);
      std::string label = attribute(folder + "/" + stem + "_label");
      if (label.empty()) label = stem;
      const std::string path = folder + "/" + stem + "_input";
      if (any ? read_celsius(path).ok() : target_ == name + "/" + label) return path;
    }
  }
  return Error{ErrorCode::kNotFound,
               any ? "this machine shows no temperature in " + sysfs_ +
                         "; remove the channel or name a sensor"
                   : "no temperature sensor \"" + target_ + "\" in " + sysfs_};
}

}  // namespace sluice::hal
