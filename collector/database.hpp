#pragma once
// The collector's database file: made, recognised, opened.

#include <string>

#include "core/result.hpp"
#include "storage/sqlite.hpp"

namespace sluice::collector {

// Creates the file when there is none. kCorrupt when it is not a database of this program and
// version, kTimeout when somebody has it locked, kUnavailable when it cannot be opened. REQUIRES:
// the caller has its WritingTurn, now and in every transaction.
Result<storage::Connection> open_for_writing(const std::string& path);
// The file must exist. Does not disturb a collector that is writing.
Result<storage::Connection> open_for_reading(const std::string& path);

}  // namespace sluice::collector
