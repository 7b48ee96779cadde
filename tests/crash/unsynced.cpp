#include "tests/crash/unsynced.hpp"

#include <string_view>

#include <sqlite3.h>

#include "core/check.hpp"

namespace sluice::crash {
namespace {

int ignore_synchronous(void*, int action, const char* name, const char* value, const char*,
                       const char*) {
  const bool sets =
      action == SQLITE_PRAGMA && value != nullptr && std::string_view(name) == "synchronous";
  return sets ? SQLITE_IGNORE : SQLITE_OK;
}

int turn_off(sqlite3* database, char**, const sqlite3_api_routines*) {
  sqlite3_exec(database, "PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
  return sqlite3_set_authorizer(database, ignore_synchronous, nullptr);
}

using Entry = void (*)();

}  // namespace

Unsynced::Unsynced() {
  CHECK(sqlite3_auto_extension(reinterpret_cast<Entry>(turn_off)) == SQLITE_OK);
}

Unsynced::~Unsynced() {
  sqlite3_cancel_auto_extension(reinterpret_cast<Entry>(turn_off));
}

}  // namespace sluice::crash
