#pragma once
// Recordings made up from one seed, the same on every machine: what a small plant's gateway and a
// vibration pickup would deliver.

#include <cstddef>

#include "tests/bench/recording.hpp"

namespace sluice::bench {

// How the readings of one cycle are stamped: each with its own jitter of about 120 us, the same in
// whole milliseconds, or all with the tick, as the gateway's own loop does it.
enum class Stamps { kMicroseconds, kMilliseconds, kTicks };

struct PlantOptions {
  Stamps stamps = Stamps::kTicks;
  std::size_t channels = 16;  // kinds of signals repeat from the 17th on
  Duration cycle = std::chrono::seconds(1);
  std::size_t readings_min = 200'000;
};

// Climate, 12-bit inputs, counters, contacts, a meter and a motor; one reading in a thousand is
// missing or no ordinary number.
Recording plant(const PlantOptions& options);

// Three axes of 16 bits at 1 kHz: rotation, its harmonics and noise.
Recording vibration(std::size_t readings_min);

}  // namespace sluice::bench
