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
    {"SELECT count(*) FROM stream AS s WHERE pending_chunks + kept_chunks <>"
     " (SELECT count(*) FROM chunk AS c WHERE c.run = s.run AND c.stream = s.stream"
     " AND c.seq >= 1)",
     "chunks are not found by their keys"},
    // By the index of times, as a query does, and as a run is found to be needed no more.
    {"SELECT count(*) FROM stream AS s WHERE pending_chunks + kept_chunks <>"
     " (SELECT count(*) FROM chunk AS c INDEXED BY chunk_by_time WHERE c.run = s.run"
     " AND c.stream = s.stream)",
     "chunks are not found by their times"},
    // What is kept is what is settled and there.
    {"SELECT count(*) FROM stream AS s WHERE kept_chunks <>"
     " (SELECT count(*) FROM settled AS t JOIN chunk AS c ON c.run = t.run AND c.stream = t.stream"
     " AND c.seq BETWEEN t.first AND t.last WHERE t.run = s.run AND t.stream = s.stream)",
     "kept chunks are not settled ones"},
    // By the lanes, as the uplink finds them; and they are the very ones, as far as a sum can say.
    {"SELECT count(*) FROM lane AS l WHERE lane < 6 AND chunks <>"
     " (SELECT count(*) FROM pending AS p WHERE p.lane = l.lane)",
     "chunks are not found by their lanes"},
    {"SELECT (SELECT total(position & 0xFFFFFFF) FROM pending) <>"
     " (SELECT total(position & 0xFFFFFFF) FROM chunk) -"
     " (SELECT total(position & 0xFFFFFFF) FROM settled AS t JOIN chunk AS c ON c.run = t.run"
     " AND c.stream = t.stream AND c.seq BETWEEN t.first AND t.last)",
     "other chunks are pending than are not settled"},
    {"SELECT count(*) FROM lane WHERE lane = 6 AND chunks <>"
     " (SELECT coalesce(sum(pending_chunks + kept_chunks), 0) FROM stream)",
     "other chunks are there than were counted"},
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
