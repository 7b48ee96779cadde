#pragma once
// Small texts that are kept over restarts: a power cut leaves the old one or the new one.

#include <optional>
#include <string>

namespace sluice::uplink {

// At most 64 KiB are a state of ours; nothing when there is no such file, or more in it.
std::optional<std::string> read_state_file(const std::string& path);

// False when it could not be made durable; the old text may be there then, or the new one.
bool write_state_file(const std::string& path, const std::string& text);

}  // namespace sluice::uplink
