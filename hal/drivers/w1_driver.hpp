#pragma once
// Driver "w1": a 1-Wire thermometer of the DS18B20 family through the kernel's w1_therm. Told by
// its ROM id, which no other has. A read takes the 750 ms of a conversion. Bus "w1", or "w1:MASTER"
// for one that is named.

#include <optional>
#include <string>

#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kW1Driver;

class W1Probe final : public Probe {
 public:
  struct Options {
    std::string folder;     // of the device
    std::string attribute;  // "w1_slave" or "temperature"
  };
  explicit W1Probe(Options options) : options_(std::move(options)) {}

  // Cel. kNotFound while the device is not on the bus, kCorrupt for what fails any check, kInvalid
  // never. kUnavailable for the value of a chip that has lost power.
  Result<double> measure(Instant now) override;

 private:
  const Options options_;
  std::optional<double> last_;  // the last good one
};

}  // namespace sluice::hal
