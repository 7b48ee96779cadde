#pragma once
// Changes of files that a power cut does not undo once they have returned.

#include <string>

#include "core/result.hpp"

namespace sluice::storage {

// Content and size. A failure is final: the kernel may have taken what it could not write for
// written, and a second call would succeed without it. REQUIRES: no open database has the file,
// which would lose its locks.
Result<> sync_file(const std::string& path);

// The names in the folder of `path`: what was created, renamed or deleted there.
Result<> sync_folder_of(const std::string& path);

// Replaces `to` if it exists; a power cut leaves one or the other. REQUIRES: both in one folder.
Result<> rename_durably(const std::string& from, const std::string& to);

}  // namespace sluice::storage
