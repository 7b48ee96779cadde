#include "storage/reserve_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sluice::storage {
namespace {

// As `stat` counts blocks, whatever the file system's own are.
constexpr std::uint64_t kBlockBytes = 512;

bool is_whole(const std::string& path, std::uint64_t bytes) {
  struct stat file = {};
  if (::lstat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) return false;
  return static_cast<std::uint64_t>(file.st_size) == bytes &&
         static_cast<std::uint64_t>(file.st_blocks) * kBlockBytes >= bytes;
}

Error failure(const std::string& path, int number) {
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  return Error{full ? ErrorCode::kFull : ErrorCode::kUnavailable,
               "cannot reserve room in " + path + ": " + std::generic_category().message(number)};
}

}  // namespace

ReserveFile::ReserveFile(std::string path, std::uint64_t bytes)
    : path_(std::move(path)), bytes_(bytes), held_(is_whole(path_, bytes_)) {}

Result<> ReserveFile::take() {
  if (held_) return Ok{};
  release();  // what is there is of another size, or has no blocks
  const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return failure(path_, errno);
  const int refused = ::posix_fallocate(file, 0, static_cast<off_t>(bytes_));
  ::close(file);
  held_ = refused == 0;
  if (held_) return Ok{};
  release();
  return failure(path_, refused);
}

void ReserveFile::release() {
  if (::unlink(path_.c_str()) == 0 || errno == ENOENT) held_ = false;
}

}  // namespace sluice::storage
