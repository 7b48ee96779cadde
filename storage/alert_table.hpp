#pragma once
// The alerts that are active and what their rules remember, for the run that comes next.

#include <optional>
#include <vector>

#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// What a commit says of them.
void note_alerts(Transaction& transaction, const Commit& commit);

std::vector<ActiveAlert> all_active_alerts(Transaction& transaction);
std::optional<Checkpoint> last_checkpoint(Transaction& transaction);

}  // namespace sluice::storage
