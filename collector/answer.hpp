#pragma once
// What the collector has of the keys that a gateway asks about, inside one transaction of the
// caller's.

#include "core/ack.hpp"
#include "core/question.hpp"
#include "storage/sqlite.hpp"

namespace sluice::collector {

// The settled keys of the stream with that row (0: nothing of it has arrived), cut at the borders
// that the question names. The sum of a piece of an interval is counted from the rows of its
// chunks, or is what the other pieces leave of the sum of the whole. When the answer would be too
// long it ends earlier than the question, and says where.
Ack answer_to(storage::Transaction& transaction, std::int64_t stream_row, const Question& question);

}  // namespace sluice::collector
