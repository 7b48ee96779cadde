#include "storage/disk.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace sluice::storage {

Result<std::uint64_t> SystemDisk::free_bytes(const std::string& folder) {
  struct statvfs file_system = {};
  if (::statvfs(folder.c_str(), &file_system) != 0) {
    return Error{ErrorCode::kUnavailable, "cannot ask how much room there is in " + folder + ": " +
                                              std::generic_category().message(errno)};
  }
  return std::uint64_t{file_system.f_bavail} * file_system.f_frsize;
}

Result<> check_writable(const std::string& path) {
  std::error_code absent;
  const auto kind = std::filesystem::symlink_status(path, absent).type();
  if (kind == std::filesystem::file_type::not_found) return Ok{};
  if (kind != std::filesystem::file_type::regular) {
    return Error{ErrorCode::kUnavailable, path + " is no regular file; move it away"};
  }
  if (::access(path.c_str(), R_OK | W_OK) == 0 || errno == EROFS) return Ok{};
  return Error{ErrorCode::kUnavailable,
               "cannot write " + path + ": " + std::generic_category().message(errno)};
}

}  // namespace sluice::storage
