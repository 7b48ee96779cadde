#include "uplink/good_time.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

namespace sluice::uplink {
namespace {

using std::chrono::seconds;

std::optional<WallTime> read(const std::string& path) {
  std::int64_t value = 0;
  if (path.empty() || !(std::ifstream(path) >> value)) return std::nullopt;
  // Before it is multiplied: what is out of range here has no nanoseconds.
  if (value < 0 || value > std::chrono::floor<seconds>(Duration::max()).count()) {
    return std::nullopt;
  }
  return WallTime(seconds(value));
}

bool sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags);
  if (file < 0) return false;
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  return synced;
}

// A power cut leaves the old file or the new one.
bool write(const std::string& path, WallTime time) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::trunc);
  file << std::chrono::floor<seconds>(time.time_since_epoch()).count() << "\n";
  file.close();
  if (file.fail() || !sync(fresh, 0) || std::rename(fresh.c_str(), path.c_str()) != 0) return false;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return sync(folder.empty() ? "." : folder, O_DIRECTORY);
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
