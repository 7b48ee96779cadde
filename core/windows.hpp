#pragma once
// Windows of equal length over the readings of one channel: tumbling, one after the other, or
// hopping, one every `hop` and each as long as several of those. The same object serves the loop,
// stored data and replays. All memory is taken at construction.
//
// Readings may come in any order. A window is closed when the watermark reaches its end; a reading
// that comes later makes it due again, with a higher revision, until the lateness has passed too.
// So the last revision of each window is the same for every order of arrival within the lateness.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/quantile_sketch.hpp"
#include "core/reading.hpp"
#include "core/summary.hpp"
#include "core/time.hpp"

namespace sluice {

// Begins included, ends not. Windows begin at multiples of `hop` on the axis, plus `offset`.
struct WindowSpec {
  Duration size = std::chrono::minutes(1);
  Duration hop = std::chrono::minutes(1);  // as long as `size`: tumbling
  Duration offset{};
  Duration lateness{};     // after its end a window is corrected that long
  Duration ahead{};        // how far before the watermark readings may run
  bool quantiles = false;  // 4 KB more for each hop

  static constexpr std::int64_t kHopsMax = 1'024;  // in size, lateness and ahead together
  // hop > 0, size a multiple of it, and no more than kHopsMax.
  bool is_valid() const;
};

// What became of a reading.
enum class Arrival : std::uint8_t {
  kInTime,
  kPartlyLate,  // some of its windows are final without it
  kLate,        // all are: it counts nowhere
  kTooFar,      // further ahead than allowed: it counts nowhere
};

class Windows {
 public:
  // REQUIRES: spec.is_valid().
  explicit Windows(const WindowSpec& spec);

  struct Result {
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    std::uint32_t revision = 0;  // from 0 on
    Summary summary;
    QuantileSketch quantiles;  // empty unless asked for
  };

  // The first one counts as one that is as far ahead as may be. Not from within advance().
  Arrival add(std::int64_t time_ns, double value, Quality quality);

  // Calls sink(const Result&) for each window that has closed or changed, oldest first; those
  // without a reading are left out. A watermark that goes back changes nothing.
  template <typename Sink>
  void advance(std::int64_t watermark_ns, Sink sink) {
    move_to(watermark_ns);
    while (next_due()) sink(result_);
  }

  const WindowSpec& spec() const { return spec_; }

 private:
  // One hop. `revisions` and `changed` are of the window that ends with it.
  struct Pane {
    std::int64_t index = 0;  // which hop of the axis it is now
    Summary summary;
    std::uint32_t revisions = 0;
    bool changed = false;  // since the window was given out
  };

  std::int64_t index_of_time(std::int64_t time_ns) const;
  std::int64_t begin_of(std::int64_t index) const;
  std::int64_t hops_per_window() const { return spec_.size / spec_.hop; }
  std::size_t slot_of(std::int64_t index) const;
  // As it was left, or empty when its place was of another hop.
  Pane& pane_at(std::int64_t index);
  void move_to(std::int64_t watermark_ns);
  // Fills in result_; false when no window is due any more.
  bool next_due();

  WindowSpec spec_;
  std::vector<Pane> panes_;               // by index, modulo their number
  std::vector<QuantileSketch> sketches_;  // one a pane, or none
  bool started_ = false;
  // Hops of the axis, of which a window has the number of its last one.
  std::int64_t first_ = 0;   // hops before it are in final windows only
  std::int64_t final_ = 0;   // windows before it are final
  std::int64_t closed_ = 0;  // windows before it have been closed
  std::int64_t newest_ = 0;  // of a reading
  // Where next_due() goes on, where it ends, and from where on windows close for the first time.
  std::int64_t due_ = 0;
  std::int64_t due_end_ = 0;
  std::int64_t due_new_ = 0;
  Result result_;
};

}  // namespace sluice
