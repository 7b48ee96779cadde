#pragma once
// Chunks and frames of one channel in a span of time: what Reader::range() reads.

#include <cstddef>
#include <string_view>

#include "core/result.hpp"
#include "storage/reader.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {

// In slots of chunk_by_time, each of which is one step down the index.
// Run, stream, channel, first and last slot, first stamp and position that come before, end of the
// range, its beginning, id of the run.
inline constexpr std::string_view kChunksInRange =
    "WITH RECURSIVE slot (number) AS"
    " (SELECT ?4 UNION ALL SELECT number + 1 FROM slot WHERE number < ?5)"
    " SELECT position, ?10, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
    " FROM slot CROSS JOIN chunk WHERE run = ?1 AND stream = ?2 AND first_ns >> 34 = slot.number"
    " AND channel = ?3 AND (first_ns, position) > (?6, ?7) AND first_ns < ?8 AND last_ns >= ?9";

// As Reader::range(), with damaged chunks.
Result<RangePart> read_range(Connection& connection, const TimeRange& range, Bookmark& bookmark,
                             std::size_t bytes_max);

}  // namespace sluice::storage
