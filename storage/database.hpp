#pragma once
// The gateway's database file: created with its schema, recognised again, and set up so that little
// is written, little is kept in memory, and what is committed is durable.

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/result.hpp"
#include "storage/new_database.hpp"
#include "storage/options.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {

// Creates it if need be, and brings it up to our version of the schema. The file stays below
// `bytes_max`: beyond, writes fail with kFull. kCorrupt when the file is damaged or not ours,
// kRefused when a newer program wrote it.
Result<Connection> open_for_writing(const std::string& path, std::uint64_t bytes_max,
                                    std::uint64_t checkpoint_bytes = kCheckpointBytes);
// The same, but kRefused also for a database of an older version.
Result<Connection> open_for_reading(const std::string& path);

// There is no database, or an empty one, but a log that has something.
bool is_log_alone(const std::string& path);

// A file that is larger already, because the limit was another, may grow by what the way back
// takes: the recovery of the last run, and what is written while pieces are dropped.
Result<> limit_size(Connection& connection, std::uint64_t bytes_max);

struct Usage {
  std::uint64_t used = 0;   // pages that hold something
  std::uint64_t pages = 0;  // all pages; what the file comes to with the next checkpoint
  std::uint64_t file = 0;   // on the disk, as of the last one
  std::uint64_t log = 0;
};
Result<Usage> usage_of(Connection& connection);

std::uint64_t log_bytes(const Connection& connection);

// Makes the log empty. kTimeout when a reader is in it just now.
Result<> empty_log(Connection& connection);

}  // namespace sluice::storage
