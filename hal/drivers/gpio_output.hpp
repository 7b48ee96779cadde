#pragma once
// Driver "gpio" of an actuator: a line of a GPIO chip. Bus "gpio-out:CHIP", apart from that of the
// chip's inputs.

#include <memory>
#include <utility>

#include "hal/actuator_driver.hpp"
#include "hal/buses/gpio_line.hpp"

namespace sluice::hal {

extern const ActuatorDriver kGpioOutput;

class GpioOutput final : public OutputDevice {
 public:
  // `request.use` and `request.initial` do not matter.
  GpioOutput(std::unique_ptr<GpioLine> line, const GpioRequest& request)
      : line_(std::move(line)), request_(request) {
    request_.use = GpioRequest::Use::kOutput;
  }

  Result<> open(bool on) override;
  void close() override { line_->release(); }
  Result<> set(bool on) override { return line_->set(on); }
  Result<bool> is_on() override { return line_->level(); }

 private:
  const std::unique_ptr<GpioLine> line_;
  GpioRequest request_;
};

}  // namespace sluice::hal
