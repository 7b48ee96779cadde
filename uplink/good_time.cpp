#include "uplink/good_time.hpp"

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <utility>

#include "uplink/state_file.hpp"

namespace sluice::uplink {
namespace {

using std::chrono::seconds;

std::optional<WallTime> read(const std::string& path) {
  const std::optional<std::string> text = read_state_file(path);
  std::int64_t value = 0;
  if (!text || !(std::istringstream(*text) >> value)) return std::nullopt;
  // Before it is multiplied: what is out of range here has no nanoseconds.
  if (value < 0 || value > std::chrono::floor<seconds>(Duration::max()).count()) {
    return std::nullopt;
  }
  return WallTime(seconds(value));
}

bool write(const std::string& path, WallTime time) {
  const auto seconds_of_time = std::chrono::floor<seconds>(time.time_since_epoch()).count();
  return write_state_file(path, std::to_string(seconds_of_time) + "\n");
}

}  // namespace

GoodTime::GoodTime(std::string path, WallTime built)
    : path_(std::move(path)), floor_(built), saved_(WallTime::min()) {
  const std::optional<WallTime> kept = read(path_);
  if (!kept || *kept > built + kPlausible) return;
  saved_ = *kept;
  floor_ = std::max(floor_, *kept);
}

bool GoodTime::learn(WallTime reached) {
  floor_ = std::max(floor_, reached);
  if (path_.empty()) return true;
  const bool due = saved_ == WallTime::min() || floor_ - saved_ >= kSavedEvery;
  if (!due) return true;
  saved_ = floor_;
  return write(path_, floor_);
}

}  // namespace sluice::uplink
