#include "storage/audit.hpp"

#include <string>

namespace sluice::storage {
namespace {

struct Check {
  const char* sql;  // streams for which it does not hold
  const char* message;
};

constexpr Check kChecks[] = {
    // By the index of keys, as an acknowledgement finds them.
    {"SELECT count(*) FROM stream AS s WHERE pending_chunks <>"
     " (SELECT count(*) FROM chunk AS c WHERE c.run = s.run AND c.stream = s.stream"
     " AND c.seq >= 1)",
     "chunks are not found by their keys"},
    // By the index of positions, as the uplink does.
    {"SELECT count(*) FROM (SELECT stream, sum(pending_chunks) AS pending FROM stream"
     " GROUP BY stream) AS s WHERE pending <>"
     " (SELECT count(*) FROM chunk AS c INDEXED BY pending_chunk WHERE c.stream = s.stream)",
     "chunks are not found by their streams"},
    {"SELECT count(*) FROM stream AS s WHERE dropped_chunks <>"
     " (SELECT coalesce(sum(last - first + 1), 0) FROM tombstone AS t"
     " WHERE t.run = s.run AND t.stream = s.stream)",
     "dropped chunks have no tombstones"},
    {"SELECT count(*) FROM stream AS s WHERE last_seq - pending_chunks - dropped_chunks <>"
     " (SELECT coalesce(sum(last - first + 1), 0) FROM settled AS t"
     " WHERE t.run = s.run AND t.stream = s.stream) +"
     " (SELECT coalesce(sum(last - first + 1), 0) FROM missing AS m"
     " WHERE m.run = s.run AND m.stream = s.stream AND m.first >= 1)",
     "keys are nowhere"},
};

}  // namespace

void audit(Transaction& transaction) {
  for (const auto& [sql, message] : kChecks) {
    if (transaction.integer(sql) != 0) {
      transaction.fail({ErrorCode::kCorrupt, std::string("the database is damaged: ") + message});
    }
  }
}

}  // namespace sluice::storage
