#pragma once
// How far the batch layer has come with each channel of each run, durable with what it has made.

#include <optional>
#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "storage/reader.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// The run of which the chunks of `part` are to be stored now. Nothing, and the cursor stays, when
// it is not at `part.before`, and when the run is not known any more or about to be closed.
std::optional<KnownRun> move_cursor(Transaction& transaction, const RolledUp& part);

// As Reader says.
Result<RollupRuns> rollup_runs(Connection& connection);
Result<RollupChannels> rollup_channels(Connection& connection, const RunId& run);

// Records of a trusted clock in that boot, ascending. Nothing is known of one without an id.
Result<std::vector<ClockRecord>> clocks_of_boot(Connection& connection, const std::string& boot);

}  // namespace sluice::storage
