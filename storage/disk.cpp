#include "storage/disk.hpp"

#include <sys/statvfs.h>

#include <cerrno>
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

}  // namespace sluice::storage
