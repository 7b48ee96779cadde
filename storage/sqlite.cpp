#include "storage/sqlite.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "core/check.hpp"

namespace sluice::storage {
namespace {

// A reader waits this long for the writer to finish what it cannot share, such as the recovery of
// the WAL at start. The writer has no one to wait for.
constexpr int kReadWaitMs = 100;

constexpr const char* kSettings =
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA temp_store = MEMORY;";

// Of an extended result code.
ErrorCode code_of(int status) {
  switch (status) {
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ:
    case SQLITE_IOERR_CORRUPTFS:  // the kernel said EIO
      return ErrorCode::kUnreadable;
    default:
      break;
  }
  switch (status & 0xFF) {
    case SQLITE_FULL:
      return ErrorCode::kFull;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    // Of statements that fit our schema, and break no constraint on rows that are whole.
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return ErrorCode::kCorrupt;
    case SQLITE_TOOBIG:
      return ErrorCode::kInvalid;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kTimeout;
    default:
      return ErrorCode::kUnavailable;
  }
}

// SQLite refuses a link anywhere in the path; a folder may be one, the file may not.
Result<std::string> without_links_in_folder(const std::string& path) {
  std::error_code failure;
  const std::filesystem::path file = std::filesystem::absolute(path, failure);
  const std::filesystem::path folder = std::filesystem::canonical(file.parent_path(), failure);
  if (failure) {
    return Error{ErrorCode::kUnavailable,
                 "cannot open the folder of " + path + ": " + failure.message()};
  }
  return (folder / file.filename()).string();
}

// SQLite would let the umask decide who may read it; its companions copy the mode from here. Only
// creates: to open and close an existing one would take the locks of its other connections away.
Result<> create_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0 && errno != EEXIST) {
    return Error{ErrorCode::kUnavailable,
                 "cannot create " + path + ": " + std::generic_category().message(errno)};
  }
  if (file >= 0) ::close(file);
  return Ok{};
}

// SQLite takes a null pointer for NULL, and an empty view may be one.
template <typename View>
const void* data_of(const View& view) {
  return view.data() != nullptr ? static_cast<const void*>(view.data()) : "";
}

struct Bind {
  sqlite3_stmt* statement;
  int index;
  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, index); }
  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, index, value); }
  int operator()(std::string_view value) const {
    return sqlite3_bind_text64(statement, index, static_cast<const char*>(data_of(value)),
                               value.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(std::span<const std::byte> value) const {
    return sqlite3_bind_blob64(statement, index, data_of(value), value.size(), SQLITE_STATIC);
  }
};

constexpr int kRewriteBytes = 16 * 1024;

struct FreeFilename {
  void operator()(char* name) const { sqlite3_free_filename(name); }
};

// A file of SQLite's own layer below the databases.
class OpenFile {
 public:
  explicit OpenFile(const sqlite3_vfs& system)
      : memory_(static_cast<std::size_t>(system.szOsFile) / sizeof(std::max_align_t) + 1) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (get()->pMethods != nullptr) get()->pMethods->xClose(get());
  }
  sqlite3_file* get() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  sqlite3_file* operator->() { return get(); }

 private:
  std::vector<std::max_align_t> memory_;
};

// Makes a statement ready for its next use, on every way out.
struct Reset {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

}  // namespace

bool Row::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Row::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
double Row::real(int column) const {
  return sqlite3_column_double(statement_, column);
}
std::string_view Row::text(int column) const {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {text != nullptr ? text : "",
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::span<const std::byte> Row::blob(int column) const {
  const void* const blob = sqlite3_column_blob(statement_, column);
  return {static_cast<const std::byte*>(blob),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Connection::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}
void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<Connection> Connection::open(const std::string& path, Access access) {
  const Result<std::string> real_path = without_links_in_folder(path);
  if (!real_path.ok()) return real_path.error();
  if (access == Access::kWrite) {
    if (Result<> created = create_private(*real_path); !created.ok()) return created.error();
  }
  const int mode = access == Access::kWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* database = nullptr;
  const int status = sqlite3_open_v2(real_path->c_str(), &database,
                                     mode | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(database, *real_path);
  if (status != SQLITE_OK) return connection.error();

  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (Result<> set = connection.execute(kSettings); !set.ok()) return set.error();
  if (access == Access::kRead) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_busy_timeout(database, kReadWaitMs);
    if (Result<> set = connection.execute("PRAGMA query_only = ON"); !set.ok()) return set.error();
  }
  return connection;
}

Error Connection::error() const {
  const int status = sqlite3_extended_errcode(database_.get());
  return Error{code_of(status), path_ + ": " + sqlite3_errmsg(database_.get())};
}

bool Connection::in_transaction() const {
  return database_ != nullptr && sqlite3_get_autocommit(database_.get()) == 0;
}

bool Connection::is_displaced() const {
  if (!database_) return false;
  int displaced = 0;
  return sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &displaced) ==
             SQLITE_OK &&
         displaced != 0;
}

std::uint64_t Connection::take_pages_written() {
  if (!database_) return 0;
  int pages = 0;
  int most = 0;
  const int status =
      sqlite3_db_status(database_.get(), SQLITE_DBSTATUS_CACHE_WRITE, &pages, &most, 1);
  return status == SQLITE_OK && pages > 0 ? static_cast<std::uint64_t>(pages) : 0;
}

void Connection::abandon() {
  if (!database_) return;
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  statements_.clear();
  database_.reset();
}

Error Connection::abandoned() const {
  return Error{ErrorCode::kUnavailable, path_ + " failed and is not open"};
}

Result<sqlite3_stmt*> Connection::prepared(std::string_view sql) {
  if (!database_) return abandoned();
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return known->second.get();
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (status != SQLITE_OK) return error();
  statements_.emplace(sql, Statement(statement));
  return statement;
}

Result<> Connection::for_each(std::string_view sql, std::initializer_list<Value> values,
                              const Visit& visit) {
  const Result<sqlite3_stmt*> statement = prepared(sql);
  if (!statement.ok()) return statement.error();
  CHECK(sqlite3_stmt_busy(*statement) == 0);
  CHECK(sqlite3_bind_parameter_count(*statement) == static_cast<int>(values.size()));
  const std::unique_ptr<sqlite3_stmt, Reset> in_use(*statement);
  int index = 0;
  for (const Value& value : values) {
    CHECK(std::visit(Bind{*statement, ++index}, value) == SQLITE_OK);
  }
  for (;;) {
    const int status = sqlite3_step(*statement);
    if (status == SQLITE_DONE) return Ok{};
    if (status != SQLITE_ROW) return error();
    if (!visit(Row(*statement))) return Ok{};
  }
}

Result<> Connection::run(std::string_view sql, std::initializer_list<Value> values) {
  return for_each(sql, values, [](const Row&) { return true; });
}

Result<std::optional<std::int64_t>> Connection::integer(std::string_view sql,
                                                        std::initializer_list<Value> values) {
  std::optional<std::int64_t> found;
  // To the end, not to the first row: a statement that returns what it wrote is done only then.
  Result<> done = for_each(sql, values, [&](const Row& row) {
    if (!found && !row.is_null(0)) found = row.integer(0);
    return true;
  });
  if (!done.ok()) return done.error();
  return found;
}

Result<> Connection::execute(const char* script) {
  if (!database_) return abandoned();
  if (sqlite3_exec(database_.get(), script, nullptr, nullptr, nullptr) != SQLITE_OK) return error();
  return Ok{};
}

Result<> rewrite_log(const std::string& path) {
  const Error failure{ErrorCode::kUnavailable, path + ": the log cannot be written"};
  if (!std::filesystem::exists(path + "-wal")) return Ok{};
  const std::unique_ptr<char, FreeFilename> names(const_cast<char*>(
      sqlite3_create_filename(path.c_str(), "", (path + "-wal").c_str(), 0, nullptr)));
  CHECK(names != nullptr);
  sqlite3_vfs& system = *sqlite3_vfs_find(nullptr);
  OpenFile log(system);
  if (system.xOpen(&system, sqlite3_filename_wal(names.get()), log.get(),
                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, nullptr) != SQLITE_OK) {
    return failure;
  }
  const sqlite3_io_methods& file = *log->pMethods;
  sqlite3_int64 size = 0;
  if (file.xFileSize(log.get(), &size) != SQLITE_OK) return failure;
  std::array<std::byte, kRewriteBytes> piece;
  for (sqlite3_int64 at = 0; at < size; at += kRewriteBytes) {
    const int bytes = static_cast<int>(std::min<sqlite3_int64>(size - at, kRewriteBytes));
    if (file.xRead(log.get(), piece.data(), bytes, at) != SQLITE_OK ||
        file.xWrite(log.get(), piece.data(), bytes, at) != SQLITE_OK) {
      return failure;
    }
  }
  if (file.xSync(log.get(), SQLITE_SYNC_NORMAL) != SQLITE_OK) return failure;
  return Ok{};
}

Transaction::Transaction(Connection& connection) : connection_(connection), outcome_(Ok{}) {
  CHECK(!connection_.in_transaction());
  outcome_ = connection_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // SQLite may have rolled back by itself already; if this fails too, the next BEGIN says so.
  if (connection_.in_transaction()) static_cast<void>(connection_.run("ROLLBACK"));
}

void Transaction::for_each(std::string_view sql, std::initializer_list<Value> values,
                           const Visit& visit) {
  if (outcome_.ok()) outcome_ = connection_.for_each(sql, values, visit);
}

void Transaction::run(std::string_view sql, std::initializer_list<Value> values) {
  if (outcome_.ok()) outcome_ = connection_.run(sql, values);
}

std::int64_t Transaction::integer(std::string_view sql, std::initializer_list<Value> values) {
  if (!outcome_.ok()) return 0;
  const Result<std::optional<std::int64_t>> found = connection_.integer(sql, values);
  if (!found.ok()) {
    outcome_ = found.error();
    return 0;
  }
  return found->value_or(0);
}

void Transaction::execute(const char* script) {
  if (outcome_.ok()) outcome_ = connection_.execute(script);
}

void Transaction::fail(Error error) {
  if (outcome_.ok()) outcome_ = std::move(error);
}

Result<> Transaction::commit() {
  run("COMMIT");
  if (!outcome_.ok() && connection_.in_transaction()) {
    static_cast<void>(connection_.run("ROLLBACK"));
  }
  return outcome_;
}

}  // namespace sluice::storage
