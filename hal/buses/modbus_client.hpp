#pragma once
// Seam: who asks Modbus devices, over one line or of one host. Called from one worker thread.

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/buses/modbus_value.hpp"

namespace sluice::hal::modbus {

// Whom a failure concerns.
enum class Reach {
  kBlock,  // what was asked for
  kUnit,   // everything of the unit
  kLine,   // everything that is asked this way
};

struct Answer {
  Result<std::vector<std::uint16_t>> words;  // as many as were asked for; a bit is 0 or 1
  Reach reach = Reach::kBlock;               // of a failure
  // The device says that it has no such registers, or not so many (exceptions 2 and 3).
  bool no_such = false;
  Duration took{};
};

class Client {
 public:
  virtual ~Client() = default;
  // Waits `timeout` for the answer, and once more at most for a connection, and once more for late
  // answers to pass by. kNotFound without the device file; kUnavailable without a connection, and
  // when the unit cannot now; kTimeout without an answer; kCorrupt when it is not the answer to
  // this; kRefused when the unit says that there is no such thing.
  virtual Answer read(const Stretch& stretch, Duration timeout) = 0;
};

}  // namespace sluice::hal::modbus
