#pragma once
// Looks over everybody's shoulder at the seams and holds what it sees against E1..E7 of
// docs/protocol.md. Keeps its own books, one flag a key, and shares no code with the sets of the
// program. The first violation stays; nothing after it counts.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collector/sink.hpp"
#include "core/ack.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "storage/store.hpp"
#include "tests/model/bounds.hpp"
#include "tests/model/fate.hpp"
#include "tests/sim/violation.hpp"
#include "uplink/link.hpp"

namespace sluice::sim {

// One chunk as it was first seen in the gateway's store, and what has become of it.
struct Entry {
  std::uint32_t crc = 0;
  std::uint32_t count = 0;  // 0: not seen
  ChannelId channel = kNoChannel;
  Instant first;
  Instant last;
  bool held = false;          // committed at the collector
  bool resolved = false;      // by a gap record committed at the collector
  bool acknowledged = false;  // so told to the gateway
  bool dropped = false;       // the gateway knows that it is missing
  bool declared = false;      // a gap record stored at the gateway covers it
  bool lost = false;          // was settled at the collector, which was restored since
  bool ever_held = false;
  bool held_in_backup = false;
  bool resolved_in_backup = false;
  model::Here here = model::Here::kNone;  // what the gateway's tables last said
};
// One run and stream; entries by seq - 1.
struct Book {
  std::vector<Entry> entries;
  std::uint64_t held = 0;
  std::uint64_t resolved = 0;
  // Dropped in the step that stored them, so that nobody ever saw them: by what the gap says.
  std::uint64_t readings_unseen = 0;
};

class Invariants {
 public:
  using Books = std::map<std::pair<RunId, Stream>, Book>;

  Invariants();

  // The gateway's store has this chunk; called once for each, as soon as it can be seen.
  void chunk_stored(const Chunk& chunk);
  // The gateway's store knows that these keys are missing, and has not declared them yet.
  void gap_grew(const RunId& run, Stream stream, std::uint64_t first, std::uint64_t last);
  // What storage says of itself after a step.
  void storage_stepped(const storage::Totals& totals);
  // What the gateway's tables say of these keys now. A key that is in none is not named.
  void keys_are(const RunId& run, Stream stream, std::uint64_t first, std::uint64_t last,
                model::Here here);
  // All that is in the tables now has been named.
  void keys_are_shown();
  // Everything that is pending, from the rows.
  void begin_inspection();
  void found_pending(const Chunk& chunk);
  void end_inspection();
  // The gateway hands a batch to the broker; an acknowledgement reaches the gateway.
  void batch_published(std::span<const std::byte> payload);
  void ack_delivered(const Ack& ack);

  // The collector has committed this, and what it says of the stream afterwards.
  void shipment_committed(const collector::Shipment& shipment, const collector::Receipt& receipt);
  void interval_set_is(const Ack& whole);
  void ack_published(const Ack& ack);

  // A copy of the collector's database is made; and takes its place.
  void collector_backed_up();
  void collector_restored();

  // E7 is whoever's who knows that time is up.
  void fail(Rule rule, std::string what);

  const std::optional<Violation>& violation() const { return violation_; }
  bool all_arrived() const { return seen_ == settled_; }
  const Books& books() const { return books_; }
  const std::vector<Gap>& gaps() const { return gaps_; }  // stored at the gateway
  std::uint64_t chunks_seen() const { return seen_; }
  std::uint64_t streams_closed() const { return closed_; }  // once more, too

 private:
  Book& book(const RunId& run, Stream stream) { return books_[{run, stream}]; }
  static Entry& entry(Book& book, std::uint64_t seq);
  // The entry of a chunk that is known with these very bytes; null, and failed, if it is not.
  Entry* known(const Chunk& chunk, const char* where);
  void declare(const Gap& gap);
  // It says nothing that is not so: what the collector does not have, it has lost.
  void declare_lost(const Gap& gap);
  void close(const Gap& gap);
  void resolve(const Gap& gap);
  void hold(const Chunk& chunk);
  // What the collector has just learnt of the key of `entry`, against the model.
  void conform(const Entry& entry, model::There there, const std::string& key);
  // Counts an entry as one that the gateway may let go of.
  void release(Entry& entry, bool& why);
  void settle(const Entry& entry) { settled_ += entry.count > 0 ? 1 : 0; }
  // Every interval is exactly what the collector has committed.
  bool is_true(const Ack& ack, bool whole);

  const model::Fates& fates_;
  Books books_;
  std::vector<Gap> gaps_;
  std::vector<Gap> closings_;  // seen since the keys were last shown
  std::uint64_t closed_ = 0;
  std::optional<Violation> violation_;
  std::uint64_t seen_ = 0;
  std::uint64_t settled_ = 0;           // seen, and held or resolved
  std::uint64_t released_ = 0;          // seen, and acknowledged or dropped
  std::uint64_t readings_held_ = 0;     // at any time
  std::uint64_t readings_dropped_ = 0;  // by what gap records say
  std::uint64_t found_unreleased_ = 0;  // in this inspection
};

}  // namespace sluice::sim
