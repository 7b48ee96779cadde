#pragma once
// A sensor that says again what a CSV file recorded, from memory. The real-time loop reads it
// directly. Its samples depend on the file and the ticks alone.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/options.hpp"
#include "hal/sensor.hpp"

namespace sluice::hal {

// Most rows of one file: 64 MB of memory.
inline constexpr std::size_t kReplayRowsMax = 4'000'000;

class ReplaySensor final : public Sensor {
 public:
  // Loads the whole column. kNotFound without the file or the column, kFull for more than
  // rows_max rows, kInvalid for an impossible speed or a file without rows, kCorrupt, with
  // the line, for what is not CSV, a time or value that cannot be read, or a time that is not later
  // than the one before.
  static Result<ReplaySensor> open(const ReplayOptions& options,
                                   std::size_t rows_max = kReplayRowsMax);

  // The row that was the latest at this time of the recording, which begins with the first read;
  // good for as long as it was. The last row lasts as long as the one before it, or 1 s if there is
  // no other; after it comes the first again, or kMissing.
  Sample read(Instant tick) noexcept override;

 private:
  struct Row {
    std::int64_t since_first_ns = 0;
    double value = 0.0;  // not a number: missing
  };
  ReplaySensor(double speed, bool repeat, std::vector<Row> rows);
  static Result<std::vector<Row>> load(const ReplayOptions& options, std::size_t rows_max);
  std::size_t row_at(Instant tick);

  double speed_ = 1.0;
  bool repeat_ = false;
  std::vector<Row> rows_;
  double length_ns_ = 0.0;  // of the whole recording
  std::optional<Instant> first_;
  std::size_t next_row_ = 0;  // speed 0 only
};

}  // namespace sluice::hal
