#pragma once
// Temperatures that the kernel knows of, from sysfs. One worker thread.

#include <string>

#include "core/result.hpp"

namespace sluice::hal {

class Thermometer {
 public:
  // `target` and `sysfs` as in HostOptions. Thermal zones and then hwmon sensors are searched in
  // the order of their numbers; for an empty target the first one that can be read is taken. The
  // one that was found is kept until it is gone, so that a channel does not hop between sensors.
  Thermometer(std::string sysfs, std::string target);

  // Cel. kNotFound when nothing fits the target, kCorrupt when the file holds no number.
  Result<double> measure();

 private:
  Result<std::string> find() const;

  const std::string sysfs_;
  const std::string target_;
  std::string path_;  // of the file found; empty: still to be searched
};

}  // namespace sluice::hal
