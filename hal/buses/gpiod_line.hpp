#pragma once
// A line of a GPIO chip, by libgpiod.

#include <memory>
#include <string>

#include "hal/buses/gpio_line.hpp"

struct gpiod_chip;
struct gpiod_line;

namespace sluice::hal {

class GpiodLine final : public GpioLine {
 public:
  ~GpiodLine() override { release(); }

  Result<> request(const GpioRequest& request) override;
  void release() override;
  Result<bool> level() override;
  Result<> set(bool on) override;
  Result<std::size_t> take_edges(std::span<GpioEdge, kEdgesMax> into) override;
  int descriptor() const override;
  // CLOCK_MONOTONIC, which stamps edges since Linux 5.7.
  Duration now() const override;

 private:
  struct CloseChip {
    void operator()(gpiod_chip* chip) const;
  };

  Result<> open(const GpioRequest& request);
  // Of the last call of the library.
  Error failure() const;

  std::string what_;  // "GPIO line 17 of gpiochip0"
  std::unique_ptr<gpiod_chip, CloseChip> chip_;
  gpiod_line* line_ = nullptr;  // the chip's
  bool requested_ = false;
};

}  // namespace sluice::hal
