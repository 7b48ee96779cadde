#include "uplink/credentials.hpp"

#include <string_view>

#include "uplink/secret_file.hpp"

namespace sluice::uplink {
namespace {

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
  const Result<std::string> content = read_secret_file(path, "credentials");
  if (!content) return content.error();
  std::string_view rest = *content;
  Credentials credentials;
  credentials.user = take_line(rest);
  credentials.password = take_line(rest);
  if (credentials.user.empty() || credentials.password.empty() || !rest.empty()) {
    return Error{ErrorCode::kInvalid,
                 "the credentials file " + path + " must be two lines: user name and password"};
  }
  return credentials;
}

}  // namespace sluice::uplink
