#include "uplink/byte_budget.hpp"

#include <algorithm>
#include <chrono>

namespace sluice::uplink {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;
using std::chrono::year_month_day;

// The beginning of a period says little of the rest of it.
constexpr Duration kTellingMin = std::chrono::hours(1);

std::int64_t month_of(WallTime time) {
  const year_month_day date(floor<days>(time));
  return 12 * static_cast<std::int64_t>(static_cast<int>(date.year())) +
         static_cast<unsigned>(date.month());
}

double share(std::uint64_t bytes, std::uint64_t limit) {
  return limit == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(limit);
}

std::uint64_t rest(std::uint64_t bytes, std::uint64_t limit) {
  return limit > bytes ? limit - bytes : 0;
}

std::optional<WallTime> end_of(std::uint64_t bytes, std::uint64_t limit, WallTime begin,
                               WallTime now, WallTime end) {
  if (limit == 0 || bytes == 0) return std::nullopt;
  const double per_second =
      static_cast<double>(bytes) / to_seconds(std::max<Duration>(now - begin, kTellingMin));
  const double seconds = static_cast<double>(rest(bytes, limit)) / per_second;
  if (seconds >= to_seconds(end - now)) return std::nullopt;
  return now + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

std::optional<WallTime> earlier(std::optional<WallTime> one, std::optional<WallTime> other) {
  if (!one || !other) return one ? one : other;
  return std::min(*one, *other);
}

}  // namespace

void ByteBudget::add(std::uint64_t bytes, std::optional<WallTime> now) {
  if (now) {
    const std::int64_t day = floor<days>(*now).time_since_epoch().count();
    const std::int64_t month = month_of(*now);
    // What was counted before the first day was known belongs to that one.
    if (day > spent_.day && spent_.day != 0) spent_.today = 0;
    if (month > spent_.month && spent_.month != 0) spent_.this_month = 0;
    spent_.day = std::max(spent_.day, day);
    spent_.month = std::max(spent_.month, month);
  }
  spent_.today += bytes;
  spent_.this_month += bytes;
}

double ByteBudget::used() const {
  return std::max(share(spent_.today, limits_.per_day),
                  share(spent_.this_month, limits_.per_month));
}

std::optional<std::uint64_t> ByteBudget::left() const {
  std::optional<std::uint64_t> left;
  if (limits_.per_day > 0) left = rest(spent_.today, limits_.per_day);
  if (limits_.per_month > 0) {
    const std::uint64_t of_month = rest(spent_.this_month, limits_.per_month);
    left = left ? std::min(*left, of_month) : of_month;
  }
  return left;
}

std::optional<WallTime> ByteBudget::runs_out(WallTime now) const {
  const sys_days day = floor<days>(now);
  const year_month_day date(day);
  const sys_days month = date.year() / date.month() / 1;
  const sys_days next_month = (date.year() / date.month() + std::chrono::months(1)) / 1;
  return earlier(end_of(spent_.today, limits_.per_day, day, now, day + days(1)),
                 end_of(spent_.this_month, limits_.per_month, month, now, next_month));
}

}  // namespace sluice::uplink
