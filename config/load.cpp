#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include "config/parse.hpp"
#include "core/result.hpp"

namespace sluice::config {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

Error failure(ErrorCode code) {
  return {code, std::string("cannot be read: ") + std::strerror(errno)};
}

Result<std::string> read_file(const std::string& file_name) {
  // Without O_NONBLOCK a named pipe would be waited for.
  const FileDescriptor file(::open(file_name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) {
    return failure(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable);
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return failure(ErrorCode::kUnavailable);
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::kInvalid, "not a regular file"};

  std::string text;
  std::array<char, 16 * 1024> block{};
  // One byte too many is enough for parse() to refuse it.
  while (text.size() <= kFileBytesMax) {
    const ssize_t count = ::read(file.number(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(ErrorCode::kUnavailable);
    if (count == 0) break;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
  return text;
}

// Empty when the machine has none.
std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace

std::variant<Config, Problems> load(const std::string& file_name, const std::string& copy_of) {
  const Result<std::string> text = read_file(file_name);
  if (!text)
    return Problems{Problem{.file = file_name, .key = {}, .message = text.error().message}};
  return parse(*text, copy_of.empty() ? file_name : copy_of, host_name());
}

}  // namespace sluice::config
