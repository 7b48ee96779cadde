#pragma once
// The broker's user name and password, from a file that nobody else may read.

#include <string>

#include "core/result.hpp"

namespace sluice::uplink {

struct Credentials {
  std::string user;
  std::string password;
};

// Two lines: user name, password. Fails as read_secret_file() does, and with kInvalid when the file
// does not hold two lines. The messages never quote it.
Result<Credentials> read_credentials(const std::string& path);

}  // namespace sluice::uplink
