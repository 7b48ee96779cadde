#pragma once
// What is kept of many readings of one channel: of a window, of an hour, of a day. Summaries of
// parts are merged into that of the whole, and nothing depends on the order or on how it was cut:
// the results are equal to the last bit. One set of operators for the loop, for stored data and for
// replays.

#include <array>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "core/exact_sum.hpp"
#include "core/reading.hpp"
#include "core/time.hpp"

namespace sluice {

// Time is a number of nanoseconds on whatever axis the window is on: since boot, or since 1970.
class Summary {
 public:
  struct Point {
    std::int64_t time_ns = 0;
    double value = 0.0;
    bool operator==(const Point&) const = default;
  };

  // Good values count (kSuspectClock does: its value is good); of others only how many there were
  // of each quality. Of several at the same time the smaller value is first, the larger last.
  // REQUIRES: a good value is finite.
  void add(std::int64_t time_ns, double value, Quality quality);
  void add(const Summary& other);

  std::uint64_t readings() const;  // of any quality
  std::uint64_t of(Quality quality) const { return by_quality_[static_cast<std::size_t>(quality)]; }
  std::uint64_t count() const { return count_; }  // of good values

  // None when there was no good value.
  const std::optional<Point>& first() const { return first_; }
  const std::optional<Point>& last() const { return last_; }
  // The rest REQUIRES: count() > 0.
  double min() const { return min_; }
  double max() const { return max_; }
  double sum() const { return sum_.rounded(); }
  double mean() const;
  // REQUIRES: count() < 2^31. Of the sample, by n - 1; 0 for a single value, infinite with values
  // beyond 1e140. Exact sums leave nothing to cancel, however much larger than the deviation the
  // mean is.
  double deviation() const;
  double delta() const { return last_->value - first_->value; }
  // delta() a second; 0 when first and last are of the same time.
  double rate() const;

  // All there is to it, for what keeps summaries.
  struct Parts {
    std::array<std::uint64_t, kQualityCount> by_quality{};
    // The rest means nothing without a good value.
    Point first;
    Point last;
    double min = 0.0;
    double max = 0.0;
    ExactSum sum;
    ExactSum squares;
  };
  Parts parts() const;
  // Nothing when the parts do not go together, as when somebody has made them up; what from()
  // returns can be asked for everything. At most 2^31 - 1 good values.
  static std::optional<Summary> from(const Parts& parts);

  bool operator==(const Summary& other) const = default;

 private:
  std::array<std::uint64_t, kQualityCount> by_quality_{};
  std::uint64_t count_ = 0;
  std::optional<Point> first_;
  std::optional<Point> last_;
  double min_ = 0.0;
  double max_ = 0.0;
  ExactSum sum_;
  ExactSum squares_;
};
static_assert(std::is_trivially_copyable_v<Summary>);

}  // namespace sluice
