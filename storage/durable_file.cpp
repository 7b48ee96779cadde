#include "storage/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace sluice::storage {
namespace {

Error failed(const std::string& what) {
  return {ErrorCode::kUnavailable,
          "cannot " + what + ": " + std::generic_category().message(errno)};
}

Result<> sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags);
  if (file < 0) return failed("open " + path);
  const bool synced = ::fsync(file) == 0;
  const Result<> outcome = synced ? Result<>(Ok{}) : failed("sync " + path);
  ::close(file);
  return outcome;
}

}  // namespace

Result<> sync_file(const std::string& path) {
  return sync(path, 0);
}

Result<> sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return sync(folder.empty() ? "." : folder, O_DIRECTORY);
}

Result<> rename_durably(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return failed("rename " + from + " to " + to);
  return sync_folder_of(to);
}

}  // namespace sluice::storage
