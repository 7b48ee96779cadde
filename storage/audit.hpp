#pragma once
// Whether the tables agree with each other. A page that was overwritten with zeros is in order for
// SQLite, and has rows of nothing: chunks that no index leads to would never be sent.

#include "storage/sqlite.hpp"

namespace sluice::storage {

// The transaction fails with kCorrupt when they do not. Reads two indices from end to end: 0.03 s
// for the 200,000 chunks of a quota that is full, on the reference machine, and longer from a card.
void audit(Transaction& transaction);

}  // namespace sluice::storage
