#include "hal/local_time.hpp"

#include <chrono>
#include <ctime>

namespace sluice::hal {

int local_minute_of_day(WallTime wall) {
  const auto since_1970 = std::chrono::floor<std::chrono::seconds>(wall.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(since_1970);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local.tm_hour * 60 + local.tm_min;
}

}  // namespace sluice::hal
