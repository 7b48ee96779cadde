#pragma once
// Seam: one line of a GPIO chip. Used by the worker thread of its bus, and at the end of the
// program by whoever ends it. Levels and edges are logical: with `active_low` they are turned
// round.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::hal {

enum class GpioBias : std::uint8_t { kAsIs, kPullUp, kPullDown, kDisabled };
enum class GpioDrive : std::uint8_t { kPushPull, kOpenDrain, kOpenSource };

// What is asked of the kernel.
struct GpioRequest {
  enum class Use : std::uint8_t { kInput, kRisingEdges, kFallingEdges, kBothEdges, kOutput };

  std::string chip{};  // "gpiochip0", or a label as `gpiodetect` shows it
  std::string line{};  // a number on that chip, or a name as `gpioinfo` shows it
  Use use = Use::kInput;
  bool active_low = false;
  GpioBias bias = GpioBias::kAsIs;
  GpioDrive drive = GpioDrive::kPushPull;  // of an output
  bool initial = false;                    // level of an output from the start
};

struct GpioEdge {
  bool rising = false;
  Duration at{};  // of the clock of GpioLine::now()
};

class GpioLine {
 public:
  // What the kernel keeps of the edges of one line; later ones are lost, and it does not say so
  // (lineevent_state in drivers/gpio/gpiolib-cdev.c of Linux 6.1).
  static constexpr std::size_t kEdgesMax = 16;

  virtual ~GpioLine() = default;

  // Takes the line for this program; one it has already is let go before. kNotFound without the
  // chip or the line, kUnavailable when somebody else has it, kRefused when it cannot do this.
  virtual Result<> request(const GpioRequest& request) = 0;
  // What happens to an output then is up to the driver of the chip.
  virtual void release() = 0;

  // All below: REQUIRES: a request that went well, and no release since. kNotFound when the chip is
  // gone.
  virtual Result<bool> level() = 0;
  virtual Result<> set(bool on) = 0;
  // Takes edges that the kernel has kept, oldest first, and returns how many; does not wait. When
  // it is all that `into` can hold, some behind these may be lost.
  virtual Result<std::size_t> take_edges(std::span<GpioEdge, kEdgesMax> into) = 0;
  // Becomes readable when there are edges; requested for edges only.
  virtual int descriptor() const = 0;
  // The clock that stamps edges.
  virtual Duration now() const = 0;
};

}  // namespace sluice::hal
