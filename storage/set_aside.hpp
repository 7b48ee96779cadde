#pragma once
// Databases that SQLite does not open, or that turned out to be damaged: put beside the place, out
// of the way of a fresh one, until what can still be read has been salvaged.

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace sluice::storage {

// Kept until they are salvaged. A disk that spoils one database after the other must not be filled
// with them: then the smallest goes, which has least to lose.
inline constexpr std::size_t kSetAsideMax = 2;

// Renames the database at `path`, and its log, to `path` + ".damaged-N". A power cut on the way
// leaves it in its place, and the same call completes it. REQUIRES: nobody writes to it.
Result<> set_aside(const std::string& path);

// Those that are not salvaged yet, oldest first.
std::vector<std::string> databases_set_aside(const std::string& path);

// For one that has been salvaged. The newest stays, for people to look at, under `path` +
// ".salvaged", unless it has more than `bytes_max`.
Result<> dispose(const std::string& path, const std::string& salvaged, std::uint64_t bytes_max);
// For one that had nothing of ours in it, and may be another program's: it stays, whatever its
// size, under `path` + ".foreign".
Result<> keep_foreign(const std::string& path, const std::string& salvaged);

// Bytes of all that was set aside, but for what may be another program's.
std::uint64_t bytes_set_aside(const std::string& path);
// Deletes the one that has been salvaged, for its room. False when there is none.
bool remove_salvaged(const std::string& path);

}  // namespace sluice::storage
