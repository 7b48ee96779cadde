#include "storage/migration.hpp"

#include <string>

#include "storage/schema.hpp"

namespace sluice::storage {
namespace {

constexpr auto kNewest = static_cast<std::int64_t>(1 + kMigrations.size());

Result<std::int64_t> version_of(Connection& connection) {
  const auto version = connection.integer("PRAGMA user_version");
  if (!version.ok()) return version.error();
  if (version->value_or(0) < 1) {
    return Error{ErrorCode::kCorrupt, connection.path() + " does not say its schema version"};
  }
  return **version;
}

Error other_version(const Connection& connection, std::int64_t version) {
  const std::string at = connection.path() + " has schema version " + std::to_string(version);
  if (version > kNewest) {
    return {ErrorCode::kRefused, at + ", and this program knows " + std::to_string(kNewest) +
                                     " at most; run the newer program that wrote it, or name "
                                     "another file"};
  }
  return {ErrorCode::kRefused, at + "; a start of the gateway brings it up to date"};
}

// To the version `to` from the one before.
Result<> step(Connection& connection, std::int64_t to) {
  const std::string script = std::string(kMigrations[static_cast<std::size_t>(to - 2)]) +
                             ";PRAGMA user_version = " + std::to_string(to);
  Transaction transaction(connection);
  transaction.execute(script.c_str());
  std::string orphaned;  // table
  transaction.for_each("PRAGMA foreign_key_check", {}, [&](const Row& row) {
    orphaned = row.text(0);
    return false;
  });
  if (!orphaned.empty()) {
    transaction.fail({ErrorCode::kCorrupt,
                      connection.path() + ": a row of table " + orphaned + " refers to nothing"});
  }
  return transaction.commit();
}

}  // namespace

std::int64_t schema_version() {
  return kNewest;
}

Result<> migrate(Connection& connection) {
  const Result<std::int64_t> version = version_of(connection);
  if (!version.ok()) return version.error();
  if (*version > kNewest) return other_version(connection, *version);
  if (*version == kNewest) return Ok{};
  // A step that makes a table anew drops the old one, and its rows' dependants must not go with it.
  // The switch does nothing inside a transaction, so each step checks the references by itself.
  Result<> outcome = connection.execute("PRAGMA foreign_keys = OFF");
  for (std::int64_t to = *version + 1; to <= kNewest && outcome.ok(); ++to) {
    outcome = step(connection, to);
  }
  Result<> restored = connection.execute("PRAGMA foreign_keys = ON");
  return outcome.ok() ? restored : outcome;
}

Result<> check_version(Connection& connection) {
  const Result<std::int64_t> version = version_of(connection);
  if (!version.ok()) return version.error();
  if (*version != kNewest) return other_version(connection, *version);
  return Ok{};
}

}  // namespace sluice::storage
