#include "storage/audit.hpp"

#include <string>

namespace sluice::storage {
namespace {

struct Check {
  const char* sql;  // streams, or lanes, for which it does not hold
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
     " (SELECT count(*) FROM chunk AS c INDEXED BY pending_chunk WHERE c.stream = s.stream"
     " AND promoted IS NULL) + (SELECT count(*) FROM chunk AS c INDEXED BY promoted_chunk"
     " WHERE promoted IN (0, 3) AND c.stream = s.stream)",
     "chunks are not found by their streams"},
    // By the index of times, as a query does, and as a run is found to be needed no more.
    {"SELECT count(*) FROM stream AS s WHERE pending_chunks <>"
     " (SELECT count(*) FROM chunk AS c INDEXED BY chunk_by_time WHERE c.run = s.run"
     " AND c.stream = s.stream)",
     "chunks are not found by their times"},
    {"SELECT count(*) FROM lane WHERE lane IN (0, 3) AND chunks <>"
     " (SELECT count(*) FROM chunk INDEXED BY promoted_chunk WHERE promoted = lane)",
     "chunks are not found by their lanes"},
    // Lanes that have a stream to themselves, and those that share one.
    {"SELECT count(*) FROM (SELECT 0 AS stream, 0 AS first, 1 AS last UNION ALL VALUES (1, 2, 2),"
     " (2, 3, 4), (3, 5, 5)) AS s WHERE (SELECT coalesce(sum(pending_chunks), 0) FROM stream"
     " WHERE stream.stream = s.stream) IS NOT"
     " (SELECT sum(chunks) FROM lane WHERE lane BETWEEN s.first AND s.last)",
     "lanes have other chunks than streams"},
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
