#include "app/stored_sensor.hpp"

#include <utility>

#include "core/check.hpp"

namespace sluice::app {

StoredSensor::StoredSensor(storage::Reader& reader, const Options& options)
    : history_(reader, options.range), options_(options), undone_(options.wanted) {}

bool StoredSensor::refill() {
  while (!error_ && !history_.done()) {
    Result<std::vector<Reading>> more = history_.next(options_.bytes_at_a_time);
    if (!more) {
      error_ = more.error();
      return false;
    }
    records_ahead_ = *std::move(more);
    place_ = 0;
    if (!records_ahead_.empty()) return true;
  }
  return false;
}

bool StoredSensor::advance(Instant tick) {
  for (;;) {
    if (place_ == records_ahead_.size() && !refill()) break;
    const Reading& record = records_ahead_[place_];
    if (record.time > tick) break;
    ++place_;
    // What was sealed while it was read may come twice.
    if (current_ && record.time <= current_->time) continue;
    ++records_;
    current_ = record;
  }
  return current_ && tick - current_->time < options_.hold;
}

std::optional<Instant> StoredSensor::next() {
  for (;;) {
    if (place_ == records_ahead_.size() && !refill()) return std::nullopt;
    const Instant time = records_ahead_[place_].time;
    if (!current_ || time > current_->time) return time;
    ++place_;
  }
}

void StoredSensor::calibrate_from(Instant time) {
  const std::vector<CalibrationSince>& recorded = options_.recorded;
  bool changed = false;
  // The first one also holds for what came before it.
  while (calibration_ < recorded.size() &&
         (calibration_ == 0 || recorded[calibration_].since <= time)) {
    undone_ = recorded[calibration_++].calibration;
    changed = true;
  }
  // A scale of 0 has left nothing that could be undone.
  if (changed) converts_ = undone_ != options_.wanted && undone_.scale != 0.0;
}

Sample StoredSensor::read(Instant /*tick*/) noexcept {
  CHECK(current_.has_value());
  if (calibration_ < options_.recorded.size()) calibrate_from(current_->time);
  Sample sample{current_->value, current_->quality};
  if (sample.quality == Quality::kMissing) return sample;
  if (sample.quality == Quality::kOutOfRange && !options_.recorded_range.contains(sample.value)) {
    sample.quality = Quality::kGood;
  }
  if (converts_) {
    sample.value = options_.wanted.apply((sample.value - undone_.offset) / undone_.scale);
  }
  return sample;
}

}  // namespace sluice::app
