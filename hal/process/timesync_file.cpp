#include "hal/process/timesync_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

namespace sluice::hal {
namespace {

constexpr Duration kUncertaintyMax = std::chrono::seconds(16);
constexpr int kGrowsOneIn = 2'000;

}  // namespace

Clock::WallTrust timesync_trust(const std::string& file, WallTime now) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {.uncertainty = kUncertaintyMax};
  const WallTime touched(std::chrono::seconds(status.st_mtim.tv_sec) +
                         Duration(status.st_mtim.tv_nsec));
  // A clock that was set back since then has been set by somebody else.
  if (now < touched) return {.uncertainty = kUncertaintyMax};
  const Duration uncertainty = std::min((now - touched) / kGrowsOneIn, kUncertaintyMax);
  return {.synchronised = uncertainty < kUncertaintyMax, .uncertainty = uncertainty};
}

}  // namespace sluice::hal
