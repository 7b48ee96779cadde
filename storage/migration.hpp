#pragma once
// Versions of the schema. A database says its own in user_version; storage/schema.sql is the
// newest, and storage/migrations/N.sql is the step from version N-1 to N.

#include <cstdint>

#include "core/result.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {

// The version of storage/schema.sql.
std::int64_t schema_version();

// Brings an older database up to it, one transaction for each step: a cut leaves one version or the
// next. kRefused, with nothing changed, when a newer program wrote it. REQUIRES: no transaction is
// open; nobody else is connected.
Result<> migrate(Connection& connection);

// kRefused when it is not of our version.
Result<> check_version(Connection& connection);

}  // namespace sluice::storage
