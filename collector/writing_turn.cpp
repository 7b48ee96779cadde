#include "collector/writing_turn.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice::collector {
namespace {

// From one try to the next. A transaction takes some milliseconds, most of them for its flush.
constexpr Duration kPause = std::chrono::milliseconds(1);

}  // namespace

Result<WritingTurn> WritingTurn::take(const std::string& database, Duration longest) {
  const std::string path = database + "-lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) {
    return Error{ErrorCode::kUnavailable,
                 "cannot open " + path + ": " + std::generic_category().message(errno)};
  }
  WritingTurn turn(file);
  for (auto pauses = longest / kPause; ::flock(file, LOCK_EX | LOCK_NB) != 0; --pauses) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return Error{ErrorCode::kUnavailable,
                   "cannot lock " + path + ": " + std::generic_category().message(errno)};
    }
    if (pauses <= 0) {
      return Error{ErrorCode::kTimeout, database + " is locked by another collector"};
    }
    std::this_thread::sleep_for(kPause);
  }
  return turn;
}

WritingTurn::WritingTurn(WritingTurn&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

WritingTurn& WritingTurn::operator=(WritingTurn&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

WritingTurn::~WritingTurn() {
  if (file_ >= 0) ::close(file_);
}

Result<WritingTurn> WritingTurns::take() {
  Result<WritingTurn> turn = WritingTurn::take(database_, patience());
  waited_in_vain_ = !turn && turn.error().code == ErrorCode::kTimeout;
  return turn;
}

Duration WritingTurns::patience() const {
  return waited_in_vain_ ? std::min(patience_, kPatienceLost) : patience_;
}

}  // namespace sluice::collector
