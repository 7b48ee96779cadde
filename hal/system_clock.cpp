#include "hal/system_clock.hpp"

#include <sys/timex.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>

#include "core/check.hpp"
#include "hal/process/timesync_file.hpp"

namespace sluice::hal {
namespace {

Duration read_clock(clockid_t clock) {
  timespec time{};
  CHECK(clock_gettime(clock, &time) == 0);
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

timespec timespec_of(Instant instant) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant.time_since_epoch());
  // A far deadline must not wrap where time_t has 32 bits.
  constexpr std::int64_t kSecondsMax = std::numeric_limits<time_t>::max();
  timespec time{};
  time.tv_sec = static_cast<time_t>(std::min<std::int64_t>(seconds.count(), kSecondsMax));
  time.tv_nsec = static_cast<long>((instant.time_since_epoch() - seconds).count());
  return time;
}

}  // namespace

Instant SystemClock::now() const {
  return Instant(read_clock(CLOCK_BOOTTIME));
}

WallTime SystemClock::wall() const {
  return WallTime(read_clock(CLOCK_REALTIME));
}

Clock::WallTrust SystemClock::wall_trust() const {
  timex state{};  // modes 0: only asks
  const int outcome = adjtimex(&state);
  // A sandbox may refuse even the question.
  if (outcome < 0) return timesync_trust(kTimesyncFile, wall());
  return {.synchronised = outcome != TIME_ERROR && (state.status & STA_UNSYNC) == 0,
          .uncertainty = std::chrono::microseconds(state.maxerror)};
}

void SystemClock::sleep_until(Instant deadline) {
  if (deadline <= Instant{}) return;
  const timespec time = timespec_of(deadline);
  int outcome = EINTR;
  while (outcome == EINTR) {
    outcome = clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &time, nullptr);
  }
  CHECK(outcome == 0);
}

}  // namespace sluice::hal
