#include "storage/new_database.hpp"

#include <filesystem>
#include <system_error>

#include "storage/durable_file.hpp"
#include "storage/migration.hpp"
#include "storage/schema.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {
namespace {

// Files of a database that is not there: a rest of an earlier one, and nothing of ours.
void remove_companions(const std::string& path) {
  for (const char* const end : {"-wal", "-shm", "-journal"}) {
    std::error_code absent;
    std::filesystem::remove(path + end, absent);
  }
}

// Nothing of it has to outlive a power cut before it has its name.
std::string script() {
  return "PRAGMA synchronous = OFF;PRAGMA journal_mode = MEMORY;PRAGMA locking_mode = EXCLUSIVE;"
         "PRAGMA page_size = " +
         std::to_string(kPageBytes) + ";PRAGMA auto_vacuum = INCREMENTAL;BEGIN IMMEDIATE;" +
         kSchema + ";PRAGMA application_id = " + std::to_string(kApplicationId) +
         ";PRAGMA user_version = " + std::to_string(schema_version()) +
         ";COMMIT;PRAGMA journal_mode = WAL";
}

Result<> fill(const std::string& path) {
  Result<Connection> connection = Connection::open(path, Access::kWrite);
  if (!connection.ok()) return connection.error();
  return connection->execute(script().c_str());
}

}  // namespace

Result<> make_database(const std::string& path) {
  const std::string draft = path + ".new";
  std::error_code absent;
  std::filesystem::remove(draft, absent);
  remove_companions(draft);
  if (Result<> filled = fill(draft); !filled.ok()) return filled;
  if (Result<> synced = sync_file(draft); !synced.ok()) return synced;
  remove_companions(path);
  return rename_durably(draft, path);
}

}  // namespace sluice::storage
