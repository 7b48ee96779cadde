#pragma once
// Driver "iio_buffer": a fast channel of a device of the kernel's industrial I/O subsystem, sampled
// by a trigger into a buffer of the kernel; a reading is what all samples since the last one come
// to. Bus "iio:DEVICE", of all channels of the device.

#include <string>

#include "hal/buses/iio_buffer.hpp"
#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kIioBufferDriver;

class IioBufferProbe final : public Probe {
 public:
  // In the order of the key's choices.
  enum class Summary { kMean, kLast, kMin, kMax };
  struct Options {
    std::string channel{};
    Summary summary = Summary::kMean;
  };
  IioBufferProbe(Options options, IioBuffer& buffer)
      : options_(std::move(options)), buffer_(buffer) {}

  // In base units, as the driver "iio". As IioBuffer::take(); without a sample since the last call
  // the value of that one again.
  Result<double> measure(Instant now) override;
  bool listen(Instant now) override {
    buffer_.listen(options_.channel, now);
    return false;
  }

 private:
  const Options options_;
  IioBuffer& buffer_;
  double latest_ = 0.0;  // in counts
  bool known_ = false;
};

}  // namespace sluice::hal
