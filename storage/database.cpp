#include "storage/database.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "storage/durable_file.hpp"
#include "storage/migration.hpp"
#include "storage/new_database.hpp"

namespace sluice::storage {
namespace {

constexpr std::uint64_t kPagesOfTheWayBack = 1024;

std::string settings(std::uint64_t checkpoint_bytes) {
  return "PRAGMA synchronous = FULL;"  // durable when COMMIT returns
         "PRAGMA cache_size = -256;"   // KiB
         // Debian's default wipes what is deleted, page by page: twice the wear.
         "PRAGMA secure_delete = FAST;"
         "PRAGMA wal_autocheckpoint = " +
         std::to_string(checkpoint_bytes / kPageBytes) +
         ";"
         "PRAGMA journal_size_limit = " +
         std::to_string(2 * checkpoint_bytes);
}

// An empty file is what a start of an earlier program left that was cut off before the schema was
// in. A link is left to SQLite, which refuses it.
bool is_missing(const std::string& path) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::symlink_status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found) return true;
  return status.type() == std::filesystem::file_type::regular &&
         std::filesystem::file_size(path, failure) == 0;
}

Result<> recognise(Connection& connection) {
  const auto id = connection.integer("PRAGMA application_id");
  if (!id.ok()) return id.error();
  if (id->value_or(0) != kApplicationId) {
    return Error{ErrorCode::kCorrupt, connection.path() +
                                          " is no buffer of this program; name another file or "
                                          "move this one away"};
  }
  return Ok{};
}

// What the first check of the books finds wrong; empty when they are right.
Result<std::string> look_at_books(Connection& connection) {
  for (const char* const check :
       {"PRAGMA integrity_check(run)", "PRAGMA integrity_check(stream)",
        "PRAGMA foreign_key_check(stream)", "PRAGMA foreign_key_check(frame)"}) {
    std::string found;
    Result<> done = connection.for_each(check, {}, [&](const Row& row) {
      found = row.text(0);
      return false;
    });
    if (!done.ok()) return done.error();
    if (!found.empty() && found != "ok") return found;
  }
  return std::string();
}

// The few pages that everything else hangs on. A run that is gone would give its number, and with
// it its chunks, to the next one. The check says of a page that could not be read just now what it
// says of a damaged one: so damage is what is found twice.
Result<> check_books(Connection& connection) {
  Result<std::string> found = look_at_books(connection);
  if (found.ok() && !found->empty()) found = look_at_books(connection);
  if (!found.ok()) return found.error();
  if (found->empty()) return Ok{};
  return Error{ErrorCode::kCorrupt, connection.path() + " is damaged: " + *found};
}

Result<> use_wal(Connection& connection) {
  bool on = false;
  Result<> asked = connection.for_each("PRAGMA journal_mode = WAL", {}, [&](const Row& row) {
    on = row.text(0) == "wal";
    return true;
  });
  if (!asked.ok()) return asked;
  if (!on) {
    return Error{ErrorCode::kInvalid,
                 connection.path() + " is on a file system that cannot hold a write-ahead log"};
  }
  return Ok{};
}

std::uint64_t size_of(const std::string& path) {
  std::error_code absent;
  const std::uintmax_t size = std::filesystem::file_size(path, absent);
  return absent ? 0 : size;
}

}  // namespace

Result<Connection> open_for_writing(const std::string& path, std::uint64_t bytes_max,
                                    std::uint64_t checkpoint_bytes) {
  if (is_missing(path)) {
    if (Result<> made = make_database(path); !made.ok()) return made.error();
  }
  Result<Connection> connection = Connection::open(path, Access::kWrite);
  if (!connection.ok()) return connection;
  if (Result<> known = recognise(*connection); !known.ok()) return known.error();
  if (Result<> wal = use_wal(*connection); !wal.ok()) return wal.error();
  if (Result<> set = connection->execute(settings(checkpoint_bytes).c_str()); !set.ok())
    return set.error();
  // Before the limit: a database that is full takes a little more to get to the next version.
  if (Result<> newest = migrate(*connection); !newest.ok()) return newest.error();
  if (Result<> whole = check_books(*connection); !whole.ok()) return whole.error();
  if (Result<> set = limit_size(*connection, bytes_max); !set.ok()) return set.error();
  // SQLite syncs the folder of a new log too, and does not look whether that succeeded.
  if (Result<> kept = sync_folder_of(connection->path()); !kept.ok()) return kept.error();
  return connection;
}

Result<Connection> open_for_reading(const std::string& path) {
  Result<Connection> connection = Connection::open(path, Access::kRead);
  if (!connection.ok()) return connection;
  if (Result<> known = recognise(*connection); !known.ok()) return known.error();
  if (Result<> ours = check_version(*connection); !ours.ok()) return ours.error();
  if (Result<> set = connection->execute("PRAGMA cache_size = -64"); !set.ok()) return set.error();
  return connection;
}

bool is_log_alone(const std::string& path) {
  std::error_code absent;
  const std::uintmax_t log = std::filesystem::file_size(path + "-wal", absent);
  return is_missing(path) && !absent && log > 0;
}

Result<> limit_size(Connection& connection, std::uint64_t bytes_max) {
  const auto present = connection.integer("PRAGMA page_count");
  if (!present.ok()) return present.error();
  std::uint64_t pages = std::min<std::uint64_t>(bytes_max / kPageBytes, 0xFFFFFFFEU);
  const std::uint64_t now = to_unsigned(present->value_or(0));
  if (now > pages) pages = now + kPagesOfTheWayBack;
  return connection.execute(("PRAGMA max_page_count = " + std::to_string(pages)).c_str());
}

Result<Usage> usage_of(Connection& connection) {
  const auto pages = connection.integer("PRAGMA page_count");
  if (!pages.ok()) return pages.error();
  const auto free_pages = connection.integer("PRAGMA freelist_count");
  if (!free_pages.ok()) return free_pages.error();
  Usage usage;
  usage.pages = to_unsigned(pages->value_or(0)) * kPageBytes;
  usage.used = usage.pages - to_unsigned(free_pages->value_or(0)) * kPageBytes;
  usage.file = size_of(connection.path());
  usage.log = log_bytes(connection);
  return usage;
}

std::uint64_t log_bytes(const Connection& connection) {
  return size_of(connection.path() + "-wal");
}

Result<> empty_log(Connection& connection) {
  bool busy = false;
  Result<> done = connection.for_each("PRAGMA wal_checkpoint(TRUNCATE)", {}, [&](const Row& row) {
    busy = row.integer(0) != 0;
    return true;
  });
  if (!done.ok() || !busy) return done;
  return Error{ErrorCode::kTimeout,
               connection.path() + " is being read; its log cannot be emptied"};
}

}  // namespace sluice::storage
