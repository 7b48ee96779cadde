#include "hal/drivers/w1_driver.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "hal/chips/ds18b20.hpp"
#include "hal/small_file.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr std::array<std::string_view, 2> kAttributes{"w1_slave", "temperature"};

constexpr Key kKeys[] = {
    {.name = "rom",
     .type = KeyType::kId,
     .required = true,
     .example = "rom = \"28-0316a2799bff\"",
     .low = 15,
     .high = 15,
     .meaning = "The thermometer's ROM id: the name of its folder in `/sys/bus/w1/devices`."},
    {.name = "master",
     .type = KeyType::kId,
     .low = 1,
     .high = 32,
     .meaning = "Bus master it hangs on, such as `w1_bus_master2`. Thermometers of different "
                "masters do not wait for each other when all name theirs."},
    {.name = "attribute",
     .type = KeyType::kChoice,
     .fallback = "\"w1_slave\"",
     .choices = kAttributes,
     .meaning = "Which file is read. `w1_slave` has the chip's own checksum in it, `temperature` "
                "has been checked by the kernel."},
    kSysfsKey,
};

// "28-" and twelve hexadecimal digits, as the kernel writes them.
bool is_rom_id(std::string_view id) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return id.size() == 15 && id[2] == '-' && std::all_of(id.begin(), id.begin() + 2, is_hex) &&
         std::all_of(id.begin() + 3, id.end(), is_hex);
}

std::optional<Mistake> check(const Settings& settings) {
  if (is_rom_id(settings.text("rom"))) return std::nullopt;
  return Mistake{"rom",
                 "no ROM id; expected two digits, a minus and twelve digits, all "
                 "hexadecimal and small, such as \"28-0316a2799bff\""};
}

std::string folder_of(const Settings& settings) {
  const std::string master = settings.text_or_empty("master");
  return settings.text("sysfs") + "/bus/w1/devices/" + (master.empty() ? "" : master + "/") +
         settings.text("rom");
}

}  // namespace

Result<double> W1Probe::measure(Instant) {
  const Result<std::string> text = read_small_file(options_.folder + "/" + options_.attribute);
  if (!text) return text.error();
  const Result<double> celsius =
      options_.attribute == "w1_slave" ? w1_slave_celsius(*text) : w1_temperature_celsius(*text);
  if (!celsius) return celsius.error();
  if (is_power_on_value(*celsius, last_)) {
    return Error{
        ErrorCode::kUnavailable,
        "85 Cel is what the thermometer says when its power was away; is its supply good?"};
  }
  last_ = *celsius;
  return *celsius;
}

const DeviceDriver kW1Driver = {
    .name = "w1",
    .keys = kKeys,
    .check = check,
    .bus =
        [](const Settings& settings) {
          const std::string master = settings.text_or_empty("master");
          return std::string("w1") + (master.empty() ? "" : ":" + master);
        },
    // The conversion takes 750 ms; the kernel tries it again when the checksum is wrong.
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(3); },
    .open = [](const Settings& settings, SharedBuses&) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(std::make_unique<W1Probe>(W1Probe::Options{
          .folder = folder_of(settings), .attribute = settings.text("attribute")}));
    },
};

}  // namespace sluice::hal
