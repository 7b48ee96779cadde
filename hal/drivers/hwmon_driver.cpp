#include "hal/drivers/hwmon_driver.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "hal/small_file.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr Key kKeys[] = {
    {.name = "chip",
     .type = KeyType::kText,
     .required = true,
     .example = "chip = \"nvme\"",
     .low = 1,
     .high = 128,
     .meaning = "Name of the chip, as in `/sys/class/hwmon/*/name`."},
    {.name = "sensor",
     .type = KeyType::kText,
     .required = true,
     .example = "sensor = \"temp1\"",
     .low = 1,
     .high = 128,
     .meaning = "Its label, as in `temp1_label`, or the name of its files up to the underscore. In "
                "`Cel`, `V`, `A`, `W`, `J`, `%RH`, `Hz`, or revolutions per minute."},
    {.name = "device",
     .type = KeyType::kText,
     .low = 1,
     .high = 128,
     .meaning = "Which of several chips of that name: where its link `device` leads, such as "
                "`1-0048` or `0000:01:00.0`. Without it the first found."},
    {.name = "attribute",
     .type = KeyType::kId,
     .fallback = "\"input\"",
     .low = 1,
     .high = 32,
     .meaning = "Which file of the sensor: `input`, or `average` where a chip has no other."},
    kSysfsKey,
};

// What one count of a file is in base units, by the kind of sensor
// (Documentation/hwmon/sysfs-interface.rst).
struct Kind {
  std::string_view name;
  double scale;
};
constexpr std::array kKinds{
    Kind{"temp", 1e-3},      // m°C
    Kind{"in", 1e-3},        // mV
    Kind{"curr", 1e-3},      // mA
    Kind{"power", 1e-6},     // uW
    Kind{"energy", 1e-6},    // uJ
    Kind{"humidity", 1e-3},  // m%RH
    Kind{"fan", 1.0},        // 1/min
    Kind{"freq", 1.0},       // Hz
};

// "temp" of "temp1"; nothing when it is no sensor's.
std::optional<Kind> kind_of(std::string_view stem) {
  const std::string_view word = stem.substr(0, stem.find_first_of("0123456789"));
  if (word.size() == stem.size() || !parse_count(stem.substr(word.size()))) return std::nullopt;
  const auto* const found = std::find_if(kKinds.begin(), kKinds.end(),
                                         [&](const Kind& kind) { return kind.name == word; });
  return found == kKinds.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

bool HwmonProbe::is_chip(const std::string& folder) const {
  return attribute(folder + "/name") == options_.chip &&
         (options_.device.empty() || link_end(folder + "/device") == options_.device);
}

Result<HwmonProbe::Place> HwmonProbe::find() const {
  const std::string chips = options_.sysfs + "/class/hwmon";
  bool found = false;
  for (const std::uint64_t number : numbered(chips, "hwmon", "")) {
    const std::string folder = chips + "/hwmon" + std::to_string(number);
    if (!is_chip(folder)) continue;
    found = true;
    for (const std::string& name : entries_of(folder)) {
      const std::string stem = name.substr(0, name.find('_'));
      if (name != stem + "_" + options_.attribute || !kind_of(stem)) continue;
      const bool meant =
          stem == options_.sensor || attribute(folder + "/" + stem + "_label") == options_.sensor;
      if (meant) return Place{folder, stem};
    }
  }
  const std::string chip =
      "\"" + options_.chip + "\"" +
      (options_.device.empty() ? std::string() : " of device " + options_.device);
  return Error{ErrorCode::kNotFound,
               found ? "chip " + chip + " has no sensor \"" + options_.sensor + "\" in " + chips
                     : "no chip " + chip + " in " + chips};
}

Result<double> HwmonProbe::read(const Place& place) const {
  const std::string stem = place.folder + "/" + place.stem;
  const Result<double> count = number_attribute(stem + "_" + options_.attribute);
  if (!count) return count.error();
  if (attribute(stem + "_fault") == "1") {
    return Error{ErrorCode::kUnavailable, stem + "_fault: the chip says the sensor is faulty"};
  }
  return *count * kind_of(place.stem)->scale;
}

Result<double> HwmonProbe::measure(Instant) {
  if (!place_.stem.empty() && is_chip(place_.folder)) {
    Result<double> value = read(place_);
    if (value.ok() || value.error().code != ErrorCode::kNotFound) return value;
  }
  place_ = {};
  Result<Place> found = find();
  if (!found) return found.error();
  place_ = *std::move(found);
  return read(place_);
}

const DeviceDriver kHwmonDriver = {
    .name = "hwmon",
    .keys = kKeys,
    .bus =
        [](const Settings& settings) {
          const std::string device = settings.text_or_empty("device");
          return "hwmon:" + settings.text("chip") + (device.empty() ? "" : "@" + device);
        },
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(2); },
    .open = [](const Settings& settings, SharedBuses&) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(std::make_unique<HwmonProbe>(HwmonProbe::Options{
          .chip = settings.text("chip"),
          .device = settings.text_or_empty("device"),
          .sensor = settings.text("sensor"),
          .attribute = settings.text("attribute"),
          .sysfs = settings.text("sysfs"),
      }));
    },
};

}  // namespace sluice::hal
