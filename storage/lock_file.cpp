#include "storage/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>

namespace sluice::storage {

namespace {

// Who has the lock, by what it wrote there. Only a hint: the lock is what counts.
std::string owner_of(int file) {
  std::array<char, 16> text{};
  const ssize_t bytes = ::pread(file, text.data(), text.size(), 0);
  const std::string_view owner(text.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
  const std::string_view digits = owner.substr(0, owner.find('\n'));
  const bool is_number = !digits.empty() && digits.find_first_not_of("0123456789") == digits.npos;
  return is_number ? "process " + std::string(digits) : "another process";
}

bool sign(int file) {
  const std::string text = std::to_string(::getpid()) + "\n";
  return ::ftruncate(file, 0) == 0 && ::pwrite(file, text.data(), text.size(), 0) > 0;
}

}  // namespace

Result<LockFile> LockFile::take(const std::string& path) {
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  // On a disk that has become read-only it can be locked all the same, once it is there.
  if (file < 0 && errno == EROFS) file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) {
    return Error{ErrorCode::kUnavailable,
                 "cannot open " + path + ": " + std::generic_category().message(errno)};
  }
  LockFile lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return Error{ErrorCode::kRefused,
                   owner_of(file) + " uses the database of " + path + "; stop it first"};
    }
    return Error{ErrorCode::kUnavailable,
                 "cannot lock " + path + ": " + std::generic_category().message(errno)};
  }
  // On a full disk it stays empty, and the lock works all the same.
  static_cast<void>(sign(file));
  return lock;
}

LockFile::LockFile(LockFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

LockFile::~LockFile() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace sluice::storage
