#pragma once
// The last time that has certainly been reached, kept in a small file across restarts, so that a
// machine without a clock does not take a certificate of years ago for valid. Single-threaded.

#include <optional>
#include <string>

#include "core/time.hpp"

namespace sluice::uplink {

class GoodTime {
 public:
  // Seldom enough for any card.
  static constexpr Duration kSavedEvery = std::chrono::hours(24);
  // A file that claims more than this after the build is damaged.
  static constexpr Duration kPlausible = std::chrono::hours(24) * 365 * 30;

  // No file with an empty path: what is learned is forgotten at the end. A file that is missing or
  // damaged counts as none. `built` is when this program was made.
  GoodTime(std::string path, WallTime built);

  // The latest of the build, the file, and what was learned.
  WallTime floor() const { return floor_; }
  // `reached` lies in the past for certain: a synchronised clock says so, or a certificate that was
  // valid from then on. Saved when the file is a day behind; false when that fails, and then tried
  // again a day later.
  bool learn(WallTime reached);

 private:
  const std::string path_;
  WallTime floor_;
  WallTime saved_;
};

}  // namespace sluice::uplink
