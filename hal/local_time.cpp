#include "hal/local_time.hpp"

#include <chrono>
#include <ctime>

namespace sluice::hal {
namespace {

std::tm local_date(WallTime wall) {
  const auto since_1970 = std::chrono::floor<std::chrono::seconds>(wall.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(since_1970);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local;
}

// Where that date begins; its day may be beyond the month.
WallTime begin_of(std::tm date) {
  date.tm_hour = date.tm_min = date.tm_sec = 0;
  date.tm_isdst = -1;
  return WallTime(std::chrono::seconds(std::mktime(&date)));
}

}  // namespace

int local_minute_of_day(WallTime wall) {
  const std::tm local = local_date(wall);
  return local.tm_hour * 60 + local.tm_min;
}

WallTime local_day_begin(WallTime wall) {
  return begin_of(local_date(wall));
}

WallTime local_day_end(WallTime wall) {
  std::tm date = local_date(wall);
  ++date.tm_mday;
  return begin_of(date);
}

}  // namespace sluice::hal
