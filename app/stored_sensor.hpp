#pragma once
// A channel of the buffer in the place of its sensor: what was recorded of it in one run, tick by
// tick, for a replay. Reads through the replay's connection and allocates, so it is nothing for the
// real-time thread. One thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "app/history.hpp"
#include "core/calibration.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/sensor.hpp"
#include "storage/reader.hpp"

namespace sluice::app {

// A calibration that values with stamps from `since` on have been through.
struct CalibrationSince {
  Instant since;
  Calibration calibration{};
};

class StoredSensor final : public hal::Sensor {
 public:
  struct Options {
    storage::TimeRange range{};
    // How long a record stands for its value: until the next one was due.
    Duration hold{};
    // Ascending; empty: as `wanted`.
    std::vector<CalibrationSince> recorded{};
    Calibration wanted{};
    // A value that is recorded as out of this range is judged anew.
    Range recorded_range{};
    std::size_t bytes_at_a_time = 16 * 1024;
  };

  // `reader` outlives it.
  StoredSensor(storage::Reader& reader, const Options& options);

  // Moves to the newest record that is not behind `tick`. False when there is none, or when it is
  // too old to say anything of this tick. REQUIRES: ticks do not go back.
  bool advance(Instant tick);
  // The first record behind the last advance(); nothing at the end.
  std::optional<Instant> next();

  // The sample of the last advance(), in the unit and scale of `wanted`. REQUIRES: it was true.
  Sample read(Instant tick) noexcept override;

  // Set when the buffer could not be read; it ends there.
  const std::optional<Error>& error() const { return error_; }
  std::uint64_t unreadable() const { return history_.unreadable(); }
  std::uint64_t records() const { return records_; }  // so far
  // There is nothing behind the last advance().
  bool ended() const {
    return place_ == records_ahead_.size() && (error_.has_value() || history_.done());
  }
  Instant newest() const { return current_ ? current_->time : Instant::min(); }

 private:
  // False at the end.
  bool refill();
  // Of `recorded`, what holds at `time`.
  void calibrate_from(Instant time);

  History history_;
  Options options_;
  std::vector<Reading> records_ahead_;
  std::size_t place_ = 0;  // of the next one in it
  std::optional<Reading> current_;
  std::size_t calibration_ = 0;  // place of the next one in Options::recorded
  Calibration undone_;           // that values have been through now
  bool converts_ = false;
  std::uint64_t records_ = 0;
  std::optional<Error> error_;
};

}  // namespace sluice::app
