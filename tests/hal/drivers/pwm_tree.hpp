#pragma once
// A chip of PWM channels as sysfs shows it, in files.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "hal/options.hpp"
#include "hal/sysfs.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::hal {

struct PwmTree {
  TemporaryFolder sysfs;

  // `device` is where its link leads.
  void plug(const std::string& chip, const std::string& device) {
    const std::string folder = "class/pwm/" + chip;
    sysfs.write(folder + "/export", "");
    sysfs.write("devices/" + device + "/name", "");
    std::filesystem::create_symlink(sysfs.path_of("devices/" + device),
                                    sysfs.path_of(folder + "/device"));
  }
  // A channel that was exported and never set.
  void show(const std::string& chip, const std::string& channel) {
    for (const char* const name : {"period", "duty_cycle", "enable"}) {
      sysfs.write("class/pwm/" + chip + "/" + channel + "/" + name, "0\n");
    }
  }
  // What switches channel 0 of the chip "tested.pwm".
  ActuatorOptions actuator(const std::string& name) const {
    DeviceOptions device{.driver = "pwm", .settings = {}};
    device.settings.set("chip", std::string("tested.pwm"));
    device.settings.set("channel", std::int64_t{0});
    device.settings.set("safe", std::string("off"));
    device.settings.set("sysfs", sysfs.path());
    device.settings.set("period", Duration(std::chrono::milliseconds(1)));
    device.settings.set("duty_on", 100.0);
    device.settings.set("duty_off", 0.0);
    return {.name = name, .kind = std::move(device)};
  }
  std::string text(const std::string& file) const {
    return attribute(sysfs.path_of("class/pwm/" + file));
  }
  void write(const std::string& file, const std::string& text) {
    sysfs.write("class/pwm/" + file, text);
  }
};

}  // namespace sluice::hal
