#pragma once
// The gateway's database file: created with its schema, recognised again, and set up so that little
// is written, little is kept in memory, and what is committed is durable.

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/result.hpp"
#include "storage/new_database.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {

// A checkpoint begins at half of it, and what grew beyond is cut.
inline constexpr std::size_t kWalBytesMax = 512 * 1024;

// Creates it if need be, and brings it up to our version of the schema. The file stays below
// `quota_bytes` and a reserve: beyond, writes fail with kFull. kCorrupt when the file is damaged or
// not ours, kRefused when a newer program wrote it.
Result<Connection> open_for_writing(const std::string& path, std::uint64_t quota_bytes);
// The same, but kRefused also for a database of an older version.
Result<Connection> open_for_reading(const std::string& path);

// Pages that hold something, and the WAL.
Result<std::uint64_t> bytes_in_use(Connection& connection);

}  // namespace sluice::storage
