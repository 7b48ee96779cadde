#include "uplink/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace sluice::uplink {
namespace {

// A chain of certificates with its key takes a tenth of it.
constexpr std::size_t kFileBytesMax = 64 * 1024;

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

bool is_system_credential(std::string_view path) {
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder != nullptr && *folder != '\0' && path.starts_with(std::string(folder) + "/");
}

}  // namespace

Result<std::string> read_secret_file(const std::string& path, const std::string& what) {
  const std::string name = "the " + what + " file " + path;
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return Error{ErrorCode::kNotFound, name + " cannot be opened"};
  // Of the open file, not of the name: they may differ by now.
  struct stat status {};
  if (::fstat(::fileno(file.get()), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kRefused, name + " is not a regular file"};
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return Error{ErrorCode::kRefused, name + " belongs to another user"};
  }
  if ((status.st_mode & (is_system_credential(path) ? 007U : 077U)) != 0) {
    return Error{ErrorCode::kRefused, name + " may be read by others: set its mode to 0600"};
  }
  std::string content(kFileBytesMax + 1, '\0');
  const std::size_t size = std::fread(content.data(), 1, content.size(), file.get());
  if (size > kFileBytesMax) return Error{ErrorCode::kInvalid, name + " has more than 64 KiB"};
  content.resize(size);
  return content;
}

}  // namespace sluice::uplink
