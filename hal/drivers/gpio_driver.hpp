#pragma once
// Driver "gpio": level, edges or edge rate of a line of a GPIO chip. Bus "gpio:CHIP".

#include <memory>

#include "hal/buses/gpio_line.hpp"
#include "hal/device_driver.hpp"
#include "hal/edge_counter.hpp"

namespace sluice::hal {

extern const DeviceDriver kGpioDriver;

class GpioProbe final : public Probe {
 public:
  enum class Mode { kLevel, kCount, kRate };
  struct Options {
    Mode mode = Mode::kLevel;
    GpioRequest request{};  // its `use` follows from the others
    EdgeCounter::Options edges{};
  };
  // Reads of edges, one every Poller::kAttendEvery, that found as many as the kernel keeps, in a
  // row, until the line is let go: 16,000 edges a second and more for 0.1 s. An interrupt each is
  // what a processor cannot be kept free of in any other way.
  static constexpr int kFullReadsMax = 100;

  GpioProbe(std::unique_ptr<GpioLine> line, const Options& options);

  // 0 or 1, edges since the probe was made, or edges per second. As GpioLine::request(), and kFull
  // once after edges were lost or came in a storm: then the count goes on from what it was.
  Result<double> measure(Instant now) override;
  int wakes_by() const override;
  void attend() override;

 private:
  bool sees_edges() const { return options_.request.use != GpioRequest::Use::kInput; }
  Result<> begin();
  // Reads what there is of edges, once.
  Result<> read_edges();
  Result<> read_all_edges();
  void let_go();

  const Options options_;
  const std::unique_ptr<GpioLine> line_;
  EdgeCounter counter_;
  bool open_ = false;
  int full_reads_ = 0;  // in a row
  bool lost_ = false;
  bool storm_ = false;
};

}  // namespace sluice::hal
