#pragma once
// Room on the disk that is ours already: a file that is given up when the disk is full, so that
// there is room to record what has to go. It stays over a restart.

#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace sluice::storage {

class ReserveFile {
 public:
  ReserveFile(std::string path, std::uint64_t bytes);

  // Whether all of it is there.
  bool is_held() const { return held_; }
  // Takes the room on the disk. On failure (kFull, kUnavailable) nothing is left of the file.
  Result<> take();
  // Gives it back. What cannot be deleted is held still.
  void release();

 private:
  std::string path_;
  std::uint64_t bytes_;
  bool held_ = false;
};

}  // namespace sluice::storage
