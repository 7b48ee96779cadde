#pragma once
// Driver "file": the first number in a file that another program keeps up to date, or in one of the
// kernel's. Bus "files".

#include <string>

#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kFileDriver;

class FileProbe final : public Probe {
 public:
  explicit FileProbe(std::string path) : path_(std::move(path)) {}

  // kNotFound without the file, kInvalid for what is no regular file (a pipe would block), kCorrupt
  // without a number in its first 4 KiB.
  Result<double> measure(Instant now) override;

 private:
  const std::string path_;
};

}  // namespace sluice::hal
