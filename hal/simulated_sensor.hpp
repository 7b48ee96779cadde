#pragma once
// A sensor without hardware: a shape, a noise seed and a script of faults. The real-time loop reads
// it directly.
//
// The same options and ticks give the same samples, bit for bit, on every machine: sine and noise
// are made of additions and multiplications only, not of the mathematics library, whose last digits
// differ between processors. Sine, noise and steps depend on the tick alone, the walk also on the
// ticks before it.

#include <optional>

#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/ledger.hpp"
#include "hal/options.hpp"
#include "hal/sensor.hpp"

namespace sluice::hal {

class SimulatedSensor final : public Sensor {
 public:
  // kInvalid for a period or a fault's length that is not positive, or a number that is not finite;
  // also what Ledger::open() fails with.
  static Result<SimulatedSensor> open(const SimulatedOptions& options);

  // A fault shows like this: kNotANumber is handed over as good, as a device would that knows no
  // better; kStuck is the last value from before, good; kSpike is good; kTimeout is kFault; kAbsent
  // is kMissing. The first fault of the script that holds wins.
  Sample read(Instant tick) noexcept override;

 private:
  SimulatedSensor(const SimulatedOptions& options, std::optional<Ledger> ledger);
  double shape_at(Instant tick);
  double rounded(double value) const;
  const SimulatedFault* fault_at(Instant tick) const;

  SimulatedOptions options_;
  std::optional<Ledger> ledger_;
  double steps_per_unit_ = 0.0;    // of the resolution, when that is a whole number; else 0
  double walk_ = 0.0;              // how far the random walk is from the mean
  std::optional<Instant> first_;   // tick of the first read
  std::optional<double> unstuck_;  // last value that was not stuck
};

}  // namespace sluice::hal
