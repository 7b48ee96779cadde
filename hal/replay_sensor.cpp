#include "hal/replay_sensor.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "hal/csv.hpp"
#include "hal/recorded_time.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

// The column that the operator named or, without a name, the one at `fallback`.
Result<std::size_t> column_of(const CsvFile& csv, const std::string& name, std::size_t fallback) {
  if (!name.empty()) return csv.column(name);
  if (fallback < csv.column_count()) return fallback;
  return csv.complain("a column of times and one of values were expected");
}

}  // namespace

Result<ReplaySensor> ReplaySensor::open(const ReplayOptions& options, std::size_t rows_max) {
  if (!std::isfinite(options.speed) || options.speed < 0.0) {
    return Error{ErrorCode::kInvalid, "the speed of a replay must be 0 or more"};
  }
  Result<std::vector<Row>> rows = load(options, rows_max);
  if (!rows) return rows.error();
  if (rows->empty()) {
    return Error{ErrorCode::kInvalid, options.file + " has no row below its header"};
  }
  return ReplaySensor(options.speed, options.repeat, *std::move(rows));
}

Result<std::vector<ReplaySensor::Row>> ReplaySensor::load(const ReplayOptions& options,
                                                          std::size_t rows_max) {
  Result<CsvFile> csv = CsvFile::open(options.file);
  if (!csv) return csv.error();
  const Result<std::size_t> time_column = column_of(*csv, options.time_column, 0);
  if (!time_column) return time_column.error();
  const Result<std::size_t> value_column = column_of(*csv, options.value_column, 1);
  if (!value_column) return value_column.error();

  std::vector<Row> rows;
  std::int64_t first_ns = 0;
  for (;;) {
    const Result<bool> more = csv->next();
    if (!more) return more.error();
    if (!*more) break;
    if (rows.size() == rows_max) {
      return Error{ErrorCode::kFull,
                   options.file + " has more than " + std::to_string(rows_max) + " rows; split it"};
    }
    const std::string_view time_text = trimmed(csv->cell(*time_column));
    const std::optional<std::int64_t> time_ns = parse_recorded_time(time_text);
    if (!time_ns) return csv->complain("\"" + std::string(time_text) + "\" is not a time");
    if (rows.empty()) first_ns = *time_ns;
    if (!rows.empty() && *time_ns - first_ns <= rows.back().since_first_ns) {
      return csv->complain("the time is not later than that of the row before");
    }
    const std::string_view value_text = trimmed(csv->cell(*value_column));
    const std::optional<double> value =
        value_text.empty() ? std::numeric_limits<double>::quiet_NaN() : parse_double(value_text);
    if (!value) return csv->complain("\"" + std::string(value_text) + "\" is not a number");
    rows.push_back({.since_first_ns = *time_ns - first_ns, .value = *value});
  }
  rows.shrink_to_fit();
  return rows;
}

ReplaySensor::ReplaySensor(double speed, bool repeat, std::vector<Row> rows)
    : speed_(speed), repeat_(repeat), rows_(std::move(rows)) {
  const std::int64_t last_ns = rows_.back().since_first_ns;
  const std::int64_t before_ns =
      rows_.size() > 1 ? rows_[rows_.size() - 2].since_first_ns : -to_ns(std::chrono::seconds(1));
  length_ns_ = static_cast<double>(last_ns) + static_cast<double>(last_ns - before_ns);
}

Sample ReplaySensor::read(Instant tick) noexcept {
  const std::size_t row = row_at(tick);
  if (row == rows_.size() || std::isnan(rows_[row].value)) return {};
  return {.value = rows_[row].value, .quality = Quality::kGood};
}

// rows_.size() after the end.
std::size_t ReplaySensor::row_at(Instant tick) {
  if (!first_) first_ = tick;
  if (speed_ == 0.0) {
    const std::size_t row = next_row_;
    if (row < rows_.size()) ++next_row_;
    if (repeat_ && next_row_ == rows_.size()) next_row_ = 0;
    return row;
  }
  double position_ns = static_cast<double>(to_ns(tick - *first_)) * speed_;
  if (position_ns >= length_ns_) {
    if (!repeat_) return rows_.size();
    position_ns = std::fmod(position_ns, length_ns_);
  }
  const auto after = std::upper_bound(
      rows_.begin(), rows_.end(), position_ns,
      [](double ns, const Row& row) { return ns < static_cast<double>(row.since_first_ns); });
  return static_cast<std::size_t>(after - rows_.begin()) - 1;
}

}  // namespace sluice::hal
