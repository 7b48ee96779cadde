#pragma once
// Driver "hwmon": a sensor of a chip that the kernel's hardware monitoring knows. Chip and sensor
// are told by name, for the numbers of their folders change from boot to boot. Bus "hwmon:CHIP".

#include <string>

#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kHwmonDriver;

class HwmonProbe final : public Probe {
 public:
  struct Options {
    std::string chip;       // its `name`
    std::string device;     // last part of where its link `device` leads; empty: the first
    std::string sensor;     // a label, or the stem of the file names such as "temp1"
    std::string attribute;  // "input", "average"
    std::string sysfs;
  };
  explicit HwmonProbe(Options options) : options_(std::move(options)) {}

  // In base units: Cel, V, A, W, J, %RH, Hz, 1/min (Documentation/hwmon/sysfs-interface.rst of
  // Linux says what the files count in). kNotFound while chip or sensor is not there; found again
  // under any number. kUnavailable while the chip says that the sensor is faulty.
  Result<double> measure(Instant now) override;

 private:
  struct Place {
    std::string folder;  // of the chip
    std::string stem;    // of the sensor's files; empty: not found yet
  };
  // Whether the folder is of the chip that is meant: its number may be another one's by now.
  bool is_chip(const std::string& folder) const;
  Result<Place> find() const;
  Result<double> read(const Place& place) const;

  const Options options_;
  Place place_;
};

}  // namespace sluice::hal
