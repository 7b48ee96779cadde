#pragma once
// SQLite as far as this project uses it: a connection with its statements, and a transaction. The
// one home of sqlite3.h. A connection, and all that is made from it, belongs to one thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::storage {

// What is bound to a `?`, in order. Only borrowed for the call.
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string_view,
                           std::span<const std::byte>>;

// SQLite's integers are signed; these keep all 64 bits.
constexpr std::int64_t to_signed(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}
constexpr std::uint64_t to_unsigned(std::int64_t number) {
  return static_cast<std::uint64_t>(number);
}

// One row of a result, valid inside the visit it is passed to. Columns count from 0.
class Row {
 public:
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  std::span<const std::byte> blob(int column) const;

 private:
  friend class Connection;
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;
};

// Returns false to stop.
using Visit = std::function<bool(const Row&)>;

enum class Access {
  kWrite,  // creates the file, readable by its owner only, when there is none
  kRead,   // the file must exist; never writes and never checkpoints
};

// Errors: kFull when disk or database is full, kTimeout when someone else has it locked, kCorrupt
// when the file is damaged or no database, or a statement does not fit the tables and rows that are
// in it, kInvalid when something is too big, else kUnavailable.
class Connection {
 public:
  Connection() = default;  // not open: everything fails with kUnavailable
  // Refuses a symbolic link in place of the file.
  static Result<Connection> open(const std::string& path, Access access);

  // Runs one statement to its end. Statements are prepared once and kept: `sql` should be one of a
  // few texts. REQUIRES: as many values as the text has marks; not called again for the same text
  // from inside `visit`.
  Result<> for_each(std::string_view sql, std::initializer_list<Value> values, const Visit& visit);
  Result<> run(std::string_view sql, std::initializer_list<Value> values = {});
  // First column of the first row; nothing when there is no row, or it is null.
  Result<std::optional<std::int64_t>> integer(std::string_view sql,
                                              std::initializer_list<Value> values = {});
  // Several statements, prepared each time.
  Result<> execute(const char* script);

  const std::string& path() const { return path_; }  // without symbolic links
  bool is_open() const { return database_ != nullptr; }
  bool in_transaction() const;
  // Whether another file, or none, is in the place of the one that was opened.
  bool is_displaced() const;
  // Pages written to the log since this was last asked.
  std::uint64_t take_pages_written();
  // Closes it and writes nothing more: for a file that has failed to take a write, which must not
  // be asked again through the same handle. Everything after it fails with kUnavailable.
  void abandon();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  Connection(sqlite3* database, std::string path) : database_(database), path_(std::move(path)) {}
  Result<sqlite3_stmt*> prepared(std::string_view sql);
  Error error() const;
  Error abandoned() const;

  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
  std::map<std::string, Statement, std::less<>> statements_;
};

// Writes the log of the database at `path` once more, the same bytes, and flushes them: after a
// flush that failed they may be in the kernel's memory only, and it takes them for written.
Result<> rewrite_log(const std::string& path);

// All or nothing. A failure sticks: every call after it does nothing, and commit() returns it, so
// that a sequence of writes is checked once, at its end.
class Transaction {
 public:
  // `connection` must outlive it. REQUIRES: no transaction is open on it.
  explicit Transaction(Connection& connection);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();  // rolls back what is not committed

  void for_each(std::string_view sql, std::initializer_list<Value> values, const Visit& visit);
  void run(std::string_view sql, std::initializer_list<Value> values = {});
  // 0 when there is no row, it is null, or something has failed.
  std::int64_t integer(std::string_view sql, std::initializer_list<Value> values = {});
  // Several statements. REQUIRES: none of them begins or ends a transaction.
  void execute(const char* script);

  bool ok() const { return outcome_.ok(); }
  // The caller's own reason not to commit; an earlier failure stays.
  void fail(Error error);
  // Durable when it succeeds, rolled back when it does not.
  Result<> commit();

 private:
  Connection& connection_;
  Result<> outcome_;
};

}  // namespace sluice::storage
