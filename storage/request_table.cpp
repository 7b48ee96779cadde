#include "storage/request_table.hpp"

#include <span>
#include <string_view>

namespace sluice::storage {
namespace {

// Columns: id, command, answer.
Request request_of(const Row& row) {
  const auto bytes_of = [&row](int column) {
    const std::span<const std::byte> bytes = row.blob(column);
    return Bytes(bytes.begin(), bytes.end());
  };
  return {std::string(row.text(0)), bytes_of(1), bytes_of(2)};
}

}  // namespace

std::optional<Request> find_request(Transaction& transaction, const std::string& id) {
  std::optional<Request> found;
  transaction.for_each("SELECT id, command, answer FROM request WHERE id = ?",
                       {std::string_view(id)}, [&](const Row& row) {
                         found = request_of(row);
                         return false;
                       });
  return found;
}

std::vector<Request> open_requests(Transaction& transaction) {
  std::vector<Request> open;
  transaction.for_each(
      "SELECT id, command, answer FROM request WHERE answer IS NULL ORDER BY number", {},
      [&](const Row& row) {
        open.push_back(request_of(row));
        return true;
      });
  return open;
}

void put_request(Transaction& transaction, const Request& request) {
  transaction.run(
      "INSERT INTO request (id, command, answer) VALUES (?1, ?2, ?3)"
      " ON CONFLICT (id) DO UPDATE SET answer = ?3",
      {std::string_view(request.id), std::span<const std::byte>(request.command),
       request.answer.empty() ? Value(nullptr)
                              : Value(std::span<const std::byte>(request.answer))});
  transaction.run(
      "DELETE FROM request WHERE answer IS NOT NULL AND number <="
      " (SELECT number FROM request WHERE answer IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET "
      "?)",
      {std::int64_t{kRequestsKept}});
}

}  // namespace sluice::storage
