#pragma once
// How many bytes a link may still cost today and this month (calendar, UTC). Counted after the
// event, as they went over the wire. Single-threaded; time is an argument.

#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace sluice::uplink {

class ByteBudget {
 public:
  struct Limits {
    std::uint64_t per_day = 0;  // 0: no limit
    std::uint64_t per_month = 0;
    bool operator==(const Limits&) const = default;
  };
  // To be kept over restarts. Days since 1970 and months since year 0; 0: none counted yet.
  struct Spent {
    std::int64_t day = 0;
    std::int64_t month = 0;
    std::uint64_t today = 0;
    std::uint64_t this_month = 0;
    bool operator==(const Spent&) const = default;
  };

  explicit ByteBudget(const Limits& limits) : limits_(limits) {}
  ByteBudget(const Limits& limits, const Spent& spent) : limits_(limits), spent_(spent) {}

  // Without a clock that is trusted the day that was last known goes on; it never goes back.
  void add(std::uint64_t bytes, std::optional<WallTime> now);

  // Of the limit that is nearer, 0 to 1 and beyond; 0 without one.
  double used() const;
  // Nothing without a limit.
  std::optional<std::uint64_t> left() const;
  // When it is used up if the rest of the day and the month go on as they began; nothing if it
  // lasts.
  std::optional<WallTime> runs_out(WallTime now) const;
  const Spent& spent() const { return spent_; }

 private:
  Limits limits_;
  Spent spent_;
};

}  // namespace sluice::uplink
