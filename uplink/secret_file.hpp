#pragma once
// A file that holds a secret: read only when nobody else can read it.

#include <string>

#include "core/result.hpp"

namespace sluice::uplink {

// Its content, at most 64 KiB. `what` names it in messages, "credentials" for one, and they never
// quote it. kNotFound when it cannot be opened; kRefused when it is no regular file, belongs to
// neither us nor root, or lets others in. In $CREDENTIALS_DIRECTORY, which systemd closes to
// others, its group bits are the mask of the access list that lets us in, and do not count.
Result<std::string> read_secret_file(const std::string& path, const std::string& what);

}  // namespace sluice::uplink
