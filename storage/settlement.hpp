#pragma once
// What an acknowledgement may remove. The gateway believes one only as a whole, and only if it fits
// everything known here: every key in it was given, and is still stored, was dropped (and declared,
// if a gap record is said to have settled it), or was settled before; and for held keys the sum of
// the checksums is right, which only a reader of the very chunks can know. An interval with keys in
// it that are missing here is believed without the sum: their checksums went with them, and what
// lies beside them has to be settled some day.
//
// A refusal is believed by itself: whoever knows the checksum of the very chunk has seen it.

#include "core/ack.hpp"
#include "core/question.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// Settles what `ack`, of `run`, says; when it is not believed, only what its refusals settle.
// Chunks that are held are kept, others removed.
//
// An acknowledgement of less than was settled before (late, or of a collector restored from a
// backup) is believed as far as it says nothing new. One that cuts through what was settled before
// and goes beyond it is not: its sum cannot be told apart any more.
//
// At most kSettledChunksMax at a time, so that a transaction stays small: the outcome says when
// there is more in it.
AckOutcome settle(Transaction& transaction, const KnownRun& run, const Ack& ack);

// The same of an answer, interval by interval; and what it proves lost is not settled any more:
// chunks that are kept are pending again, other keys are missing. To be called with nothing else in
// between until it is not unfinished any more: what is settled anew meanwhile would be taken for
// lost.
AckOutcome settle(Transaction& transaction, const KnownRun& run, const Answered& answered);

// Most chunks that one transaction settles.
inline constexpr std::uint64_t kSettledChunksMax = 2'048;

// When there are tombstones of more than `chunks_max` chunks, after months without a collector,
// takes the oldest for settled by their gap record: their sum stays, the single checksums go. An
// acknowledgement that holds some of these keys and newer ones is not believed any more.
void forget_tombstones(Transaction& transaction, std::uint64_t chunks_max);

}  // namespace sluice::storage
