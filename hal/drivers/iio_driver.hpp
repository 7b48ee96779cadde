#pragma once
// Driver "iio": a channel of a device of the kernel's industrial I/O subsystem, read once at a time
// through sysfs. The device is told by name, for its number changes. Bus "iio:DEVICE".

#include <string>

#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kIioDriver;

// What one count of a processed channel is in base units, by the beginning of its name
// (Documentation/ABI/testing/sysfs-bus-iio of Linux); 1 when that is a base unit already, or
// unknown.
double iio_unit(std::string_view channel);

// An attribute of a channel in the device's folder, "scale" or "offset": its own, or the one that
// it shares with others of its type; `without` when there is none.
Result<double> iio_shared(const std::string& folder, const std::string& channel,
                          const char* attribute, double without);

class IioProbe final : public Probe {
 public:
  struct Options {
    std::string device;   // its name or label
    std::string channel;  // stem of the file names, such as "in_temp" or "in_voltage0"
    std::string sysfs;
  };
  explicit IioProbe(Options options) : options_(std::move(options)) {}

  // (raw + offset) * scale, or the processed value where the device gives one, in base units.
  // kNotFound while device or channel is not there; found again under any number. kUnavailable
  // while somebody has the device's buffer open.
  Result<double> measure(Instant now) override;

 private:
  bool is_device(const std::string& folder) const;
  Result<std::string> find() const;
  Result<double> read(const std::string& folder) const;

  const Options options_;
  std::string folder_;  // empty: not found yet
};

}  // namespace sluice::hal
