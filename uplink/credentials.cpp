#include "uplink/credentials.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

namespace sluice::uplink {
namespace {

// Longest file that is read: MQTT allows 64 KiB for each, people use far less.
constexpr std::size_t kFileBytesMax = 4'096;

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

// The text before the next line end; `rest` loses both. Forgives the line ends of Windows.
std::string take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

}  // namespace

Result<Credentials> read_credentials(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (!file) {
    return Error{ErrorCode::kNotFound, "the credentials file " + path + " cannot be opened"};
  }
  // Of the open file, not of the name: they may differ by now.
  struct stat status {};
  if (::fstat(::fileno(file.get()), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kRefused, "the credentials file " + path + " is not a regular file"};
  }
  if ((status.st_mode & 077U) != 0) {
    return Error{ErrorCode::kRefused,
                 "the credentials file " + path + " may be read by others: set its mode to 0600"};
  }
  std::array<char, kFileBytesMax> buffer{};
  const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get());
  std::string_view rest(buffer.data(), size);
  Credentials credentials;
  credentials.user = take_line(rest);
  credentials.password = take_line(rest);
  if (size == buffer.size() || credentials.user.empty() || credentials.password.empty() ||
      !rest.empty()) {
    return Error{ErrorCode::kInvalid,
                 "the credentials file " + path + " must be two lines: user name and password"};
  }
  return credentials;
}

}  // namespace sluice::uplink
