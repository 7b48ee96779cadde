#pragma once
// The broker's user name and password, from a file that nobody else may read.

#include <string>

#include "core/result.hpp"

namespace sluice::uplink {

struct Credentials {
  std::string user;
  std::string password;
};

// Two lines: user name, password. kNotFound when the file is not there, kRefused when its mode lets
// group or others in or it is no regular file, kInvalid when it does not hold two lines. The
// messages never quote the file.
Result<Credentials> read_credentials(const std::string& path);

}  // namespace sluice::uplink
