#pragma once
// Filters condition the good values of one channel. Each is a plain value of fixed size: what it
// was told (its spec) and what it remembers. A filter only ever sees good values; a fault goes
// round it and is never hidden behind the last good value (core/channel_pipeline.hpp).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/raw_state.hpp"
#include "core/time.hpp"

namespace sluice {

// Longest window of a median or moving mean, in readings: state stays inline, under 600 bytes.
inline constexpr std::size_t kFilterWindowMax = 64;

struct Median {
  std::size_t window = 3;  // 1..kFilterWindowMax; an even window gives the mean of the middle two
  bool operator==(const Median&) const = default;
};
struct MovingMean {
  std::size_t window = 4;  // 1..kFilterWindowMax
  bool operator==(const MovingMean&) const = default;
};
// First-order low pass: y += (1 - exp(-dt / time_constant)) * (x - y), dt being the time since the
// last good value, so that an irregular channel is smoothed rightly too.
struct Exponential {
  Duration time_constant{};
  bool operator==(const Exponential&) const = default;
};
struct Clamp {
  double low = 0.0;
  double high = 0.0;
  bool operator==(const Clamp&) const = default;
};
// Passes a value only when it differs from the last passed one by at least `width`, or when
// `silence_max` has gone by since; the rest is not recorded. Alert rules see every value.
struct Deadband {
  double width = 0.0;
  Duration silence_max = std::chrono::minutes(10);
  bool operator==(const Deadband&) const = default;
};

using FilterSpec = std::variant<Median, MovingMean, Exponential, Clamp, Deadband>;

// What each kind of filter remembers beside its spec. Only Filter uses these.
namespace filter_state {

// The last values; a new one takes the place of the oldest.
struct Window {
  std::array<double, kFilterWindowMax> values{};
  std::size_t count = 0;
  std::size_t next = 0;
};
struct MedianState {
  Median spec;
  Window window;
  std::array<std::uint8_t, kFilterWindowMax> order{};  // slots of the window by rising value
};
struct MovingMeanState {
  MovingMean spec;
  Window window;
};
struct ExponentialState {
  Exponential spec;
  std::optional<Instant> last;
  double mean = 0.0;
  // The gain belongs to this elapsed time; on a steady grid it is worked out once.
  Duration elapsed{};
  double gain = 0.0;
};
struct ClampState {
  Clamp spec;
};
struct DeadbandState {
  Deadband spec;
  std::optional<Instant> passed_at;
  double passed = 0.0;
};

}  // namespace filter_state

// One filter at work.
class Filter {
 public:
  // REQUIRES: 1 <= window <= kFilterWindowMax, time_constant >= 0, low <= high, width >= 0.
  explicit Filter(const FilterSpec& spec);

  // The filtered value; none when it is not to be recorded, which only a deadband says. A window
  // that is not full yet filters what it has. REQUIRES: ticks do not go back; value is finite.
  std::optional<double> apply(double value, Instant tick);
  // The channel had a value that is not good. A deadband passes the next good one, so that the end
  // of a fault is on record; the others remember on.
  void interrupt();

  FilterSpec spec() const;
  bool is_deadband() const { return std::holds_alternative<filter_state::DeadbandState>(state_); }

 private:
  using State = std::variant<filter_state::MedianState, filter_state::MovingMeanState,
                             filter_state::ExponentialState, filter_state::ClampState,
                             filter_state::DeadbandState>;
  static State initial(const FilterSpec& spec);

  State state_;
};
static_assert(std::is_trivially_copyable_v<Filter>);

// The filters of one channel, one after the other. Memory is taken at construction, for as many as
// there are.
class FilterChain {
 public:
  explicit FilterChain(std::span<const FilterSpec> specs);

  struct Filtered {
    double value = 0.0;    // after all filters: what alert rules see
    bool recorded = true;  // false when a deadband held it back
  };
  // REQUIRES: ticks do not go back; value is finite.
  Filtered apply(double value, Instant tick);
  void interrupt();

  // Takes over what the filters of `previous` remember. False, and nothing changes, if they are
  // not the same filters. Does not allocate.
  bool adopt(const FilterChain& previous);

  // All that they remember, as raw bytes, for the same filters in another run.
  std::size_t state_bytes() const { return filters_.size() * sizeof(Filter); }
  void save(RawWriter& writer) const;
  void load(RawReader& reader);

 private:
  std::vector<Filter> filters_;
};

}  // namespace sluice
