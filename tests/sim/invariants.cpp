#include "tests/sim/invariants.hpp"

#include <utility>
#include <variant>

#include "chunk/batch.hpp"
#include "chunk/events.hpp"

namespace sluice::sim {
namespace {

std::string key_text(const RunId& run, Stream stream, std::uint64_t seq) {
  return to_hex(run).substr(0, 8) + "/" + std::string(name_of(stream)) + "/" + std::to_string(seq);
}

std::string key_text(const ChunkKey& key) {
  return key_text(key.run, key.stream, key.seq);
}

std::uint64_t readings_in(Stream stream, const Entry& entry) {
  return stream == Stream::kRaw ? entry.count : 0;
}

// Found once: it takes the checker a while.
const model::Fates& all_fates() {
  static const model::Fates fates{model::kIntervals, model::kBackup, model::kBackupAndGaps,
                                  model::kClosingAndBackup, model::kClosingAgain};
  return fates;
}

model::Fate fate_of(const Entry& entry) {
  model::Fate fate{entry.here, model::There::kNothing, entry.lost};
  if (entry.held) fate.there = model::There::kHeld;
  if (entry.resolved) fate.there = model::There::kResolved;
  return fate;
}

}  // namespace

Invariants::Invariants() : fates_(all_fates()) {}

void Invariants::fail(Rule rule, std::string what) {
  if (!violation_) violation_ = Violation{rule, std::move(what)};
}

Entry& Invariants::entry(Book& book, std::uint64_t seq) {
  CHECK(seq >= 1);
  const auto place = static_cast<std::size_t>(seq);
  if (place > book.entries.size()) book.entries.resize(place);
  return book.entries[place - 1];
}

Entry* Invariants::known(const Chunk& chunk, const char* where) {
  const ChunkKey& key = chunk.header.key;
  Entry& known = entry(book(key.run, key.stream), key.seq);
  if (known.count == 0) {
    fail(Rule::kE2, key_text(key) + " is " + where + " and was never durable at the gateway");
    return nullptr;
  }
  if (known.crc != chunk.header.crc || checksum_of(chunk.header, chunk.bytes) != chunk.header.crc) {
    fail(Rule::kE6, key_text(key) + " is " + where + " with other bytes than it was stored with");
    return nullptr;
  }
  return &known;
}

void Invariants::release(Entry& entry, bool& why) {
  if (entry.count > 0 && !entry.acknowledged && !entry.dropped) ++released_;
  why = true;
}

// ---- Gateway ------------------------------------------------------------------------------------

void Invariants::chunk_stored(const Chunk& chunk) {
  const ChunkHeader& header = chunk.header;
  Entry& stored = entry(book(header.key.run, header.key.stream), header.key.seq);
  if (stored.count > 0) {
    const bool same = stored.crc == header.crc;
    fail(same ? Rule::kE1 : Rule::kE6, key_text(header.key) + " is given a second time");
    return;
  }
  if (checksum_of(header, chunk.bytes) != header.crc) {
    fail(Rule::kE2, key_text(header.key) + " is stored with a wrong checksum");
  }
  stored.crc = header.crc;
  stored.count = header.count;
  stored.channel = header.channel;
  stored.first = header.first;
  stored.last = header.last;
  ++seen_;
  if (header.key.stream != Stream::kEvent) return;
  const Result<std::vector<Event>> events = chunk::decode_events(chunk);
  if (!events.ok()) {
    fail(Rule::kE2, key_text(header.key) + " cannot be decoded: " + events.error().message);
    return;
  }
  for (const Event& event : *events) {
    if (const auto* const gap = std::get_if<Gap>(&event)) declare(*gap);
  }
}

void Invariants::declare(const Gap& gap) {
  if (gap.reason == GapReason::kClosed) return close(gap);
  gaps_.push_back(gap);
  if (gap.first_seq == 0) return;
  if (gap.reason == GapReason::kCollectorRollback) return declare_lost(gap);
  Book& of = book(gap.run, gap.stream);
  std::uint64_t readings = 0;
  bool all_seen = true;
  for (std::uint64_t seq = gap.first_seq; seq <= gap.last_seq; ++seq) {
    Entry& missing = entry(of, seq);
    if (missing.declared) {
      fail(Rule::kE2, key_text(gap.run, gap.stream, seq) + " is in two gap records");
      return;
    }
    release(missing, missing.dropped);
    missing.declared = true;
    readings += readings_in(gap.stream, missing);
    all_seen = all_seen && missing.count > 0;
  }
  readings_dropped_ += gap.readings;
  of.readings_unseen += gap.readings - readings;
  if (all_seen ? readings == gap.readings : readings <= gap.readings) return;
  fail(Rule::kE2, "a gap declares " + std::to_string(gap.readings) + " readings for chunks with " +
                      std::to_string(readings));
}

void Invariants::declare_lost(const Gap& gap) {
  Book& of = book(gap.run, gap.stream);
  for (std::uint64_t seq = gap.first_seq; seq <= gap.last_seq; ++seq) {
    Entry& missing = entry(of, seq);
    if (!missing.lost) {
      fail(Rule::kModel, key_text(gap.run, gap.stream, seq) +
                             " is declared lost by the collector, which was never restored to a "
                             "time before it");
      return;
    }
    release(missing, missing.dropped);
    missing.declared = true;
  }
}

void Invariants::close(const Gap& gap) {
  closings_.push_back(gap);
  ++closed_;
  Book& of = book(gap.run, gap.stream);
  for (std::uint64_t seq = gap.first_seq; seq <= gap.last_seq; ++seq) {
    const Entry& closed = entry(of, seq);
    if (closed.held || closed.resolved || closed.lost) continue;
    fail(Rule::kModel, key_text(gap.run, gap.stream, seq) +
                           " is in a run that is closed, and the collector never had it");
    return;
  }
}

// What is closed is delivered, and not here any more: else it could be sent.
void Invariants::keys_are_shown() {
  for (const Gap& gap : std::exchange(closings_, {})) {
    Book& of = book(gap.run, gap.stream);
    for (std::uint64_t seq = gap.first_seq; seq <= gap.last_seq; ++seq) {
      const model::Here here = entry(of, seq).here;
      if (here == model::Here::kGone || here == model::Here::kResolved) continue;
      fail(Rule::kModel, key_text(gap.run, gap.stream, seq) + " is in a run that is closed, and " +
                             model::text_of(fate_of(entry(of, seq))));
      return;
    }
  }
}

void Invariants::gap_grew(const RunId& run, Stream stream, std::uint64_t first,
                          std::uint64_t last) {
  Book& of = book(run, stream);
  for (std::uint64_t seq = first; seq <= last; ++seq) {
    Entry& missing = entry(of, seq);
    release(missing, missing.dropped);
  }
}

void Invariants::storage_stepped(const storage::Totals& totals) {
  if (totals.pending_chunks + released_ < seen_) {
    fail(Rule::kE5, "the gateway says that it holds " + std::to_string(totals.pending_chunks) +
                        " chunks; " + std::to_string(seen_ - released_) +
                        " are neither acknowledged nor in a gap");
  }
  if (totals.stored != totals.pending + totals.delivered + totals.dropped) {
    fail(Rule::kE2, "of " + std::to_string(totals.stored) + " readings stored the gateway knows " +
                        std::to_string(totals.pending) + " pending, " +
                        std::to_string(totals.delivered) + " delivered, " +
                        std::to_string(totals.dropped) + " dropped");
  }
  if (totals.delivered > readings_held_ || totals.dropped > readings_dropped_ + totals.undeclared) {
    fail(Rule::kE2, "the gateway counts " + std::to_string(totals.delivered) +
                        " readings as delivered and " + std::to_string(totals.dropped) +
                        " as dropped; the collector holds " + std::to_string(readings_held_) +
                        ", gaps cover " + std::to_string(readings_dropped_));
  }
}

void Invariants::keys_are(const RunId& run, Stream stream, std::uint64_t first, std::uint64_t last,
                          model::Here here) {
  Book& of = book(run, stream);
  for (std::uint64_t seq = first; seq <= last; ++seq) {
    Entry& key = entry(of, seq);
    if (key.here == here) continue;
    const model::Fate fate = fate_of(key);
    if (!fates_.gateway_may(fate, here)) {
      fail(Rule::kModel, key_text(run, stream, seq) + " was " + model::text_of(fate) + ", and is " +
                             model::text_of({here, fate.there, fate.lost}));
    }
    key.here = here;
  }
}

void Invariants::conform(const Entry& entry, model::There there, const std::string& key) {
  const model::Fate fate = fate_of(entry);
  if (fates_.collector_may(fate, there)) return;
  fail(Rule::kModel,
       key + " was " + model::text_of(fate) + ", and is " + model::text_of({fate.here, there}));
}

void Invariants::begin_inspection() {
  found_unreleased_ = 0;
}

void Invariants::found_pending(const Chunk& chunk) {
  const Entry* const found = known(chunk, "pending");
  if (found == nullptr) return;
  found_unreleased_ += found->acknowledged || found->dropped ? 0 : 1;
}

void Invariants::end_inspection() {
  if (found_unreleased_ == seen_ - released_) return;
  fail(Rule::kE2, "of " + std::to_string(seen_ - released_) +
                      " chunks that are neither acknowledged nor in a gap the gateway holds " +
                      std::to_string(found_unreleased_));
}

void Invariants::batch_published(std::span<const std::byte> payload) {
  const Result<chunk::Batch> batch = chunk::decode_batch(payload);
  if (!batch.ok()) {
    fail(Rule::kE6, "the gateway publishes a damaged batch: " + batch.error().message);
    return;
  }
  for (const Chunk& chunk : batch->chunks) known(chunk, "published");
}

void Invariants::ack_delivered(const Ack& ack) {
  Book& of = book(ack.run, ack.stream);
  for (const std::vector<Interval>* intervals : {&ack.held, &ack.resolved}) {
    for (const Interval& interval : *intervals) {
      for (std::uint64_t seq = interval.first; seq <= interval.last; ++seq) {
        Entry& told = entry(of, seq);
        if (!told.held && !told.resolved && !told.lost) {
          fail(Rule::kE4, key_text(ack.run, ack.stream, seq) +
                              " is acknowledged to the gateway and not committed");
          return;
        }
        release(told, told.acknowledged);
      }
    }
  }
}

// ---- Collector ----------------------------------------------------------------------------------

void Invariants::shipment_committed(const collector::Shipment& shipment,
                                    const collector::Receipt& receipt) {
  auto next_stored = receipt.stored.begin();
  for (std::size_t i = 0; i < shipment.chunks.size(); ++i) {
    const collector::ArrivedChunk& arrived = shipment.chunks[i];
    const Entry* const arrived_entry = known(arrived.chunk, "at the collector");
    if (arrived_entry == nullptr) return;
    if (next_stored != receipt.stored.end() && *next_stored == i) {
      ++next_stored;
      hold(arrived.chunk);
      for (const Event& event : arrived.events) {
        if (const auto* const gap = std::get_if<Gap>(&event)) resolve(*gap);
      }
    } else if (!arrived_entry->held && !arrived_entry->resolved) {
      fail(Rule::kE3, key_text(arrived.chunk.header.key) + " arrived first and was not stored");
    }
  }
  if (receipt.conflicts > 0) fail(Rule::kE6, "the collector met other bytes under a known key");
}

void Invariants::hold(const Chunk& chunk) {
  const ChunkKey& key = chunk.header.key;
  Book& of = book(key.run, key.stream);
  Entry& stored = entry(of, key.seq);
  if (stored.held || stored.resolved) {
    fail(Rule::kE1, key_text(key) + " is stored again, after it was " +
                        (stored.held ? "stored" : "resolved by a gap"));
    return;
  }
  conform(stored, model::There::kHeld, key_text(key));
  stored.held = true;
  ++of.held;
  if (!std::exchange(stored.ever_held, true)) readings_held_ += readings_in(key.stream, stored);
  settle(stored);
}

void Invariants::resolve(const Gap& gap) {
  if (gap.first_seq == 0) return;
  Book& of = book(gap.run, gap.stream);
  for (std::uint64_t seq = gap.first_seq; seq <= gap.last_seq; ++seq) {
    Entry& missing = entry(of, seq);
    if (missing.held || missing.resolved) continue;
    conform(missing, model::There::kResolved, key_text(gap.run, gap.stream, seq));
    missing.resolved = true;
    ++of.resolved;
    settle(missing);
  }
}

bool Invariants::is_true(const Ack& ack, bool whole) {
  Book& of = book(ack.run, ack.stream);
  std::uint64_t held = 0;
  std::uint64_t resolved = 0;
  std::uint64_t end = 0;
  const std::uint64_t apart = ack.answer ? 0 : 1;  // an answer is cut where it was asked to be
  for (const Interval& interval : ack.held) {
    std::uint64_t check = 0;
    if (interval.first <= end) return false;  // joined with the one before, or out of order
    end = interval.last + apart;
    for (std::uint64_t seq = interval.first; seq <= interval.last; ++seq) {
      const Entry& said = entry(of, seq);
      if (!said.held) return false;
      check += said.crc;
    }
    if (check != interval.check) return false;
    held += interval.last - interval.first + 1;
  }
  end = 0;
  for (const Interval& interval : ack.resolved) {
    if (interval.first <= end) return false;
    end = interval.last + apart;
    for (std::uint64_t seq = interval.first; seq <= interval.last; ++seq) {
      if (!entry(of, seq).resolved) return false;
    }
    resolved += interval.last - interval.first + 1;
  }
  return !whole || (held == of.held && resolved == of.resolved);
}

void Invariants::collector_backed_up() {
  for (auto& [name, book] : books_) {
    for (Entry& entry : book.entries) {
      entry.held_in_backup = entry.held;
      entry.resolved_in_backup = entry.resolved;
    }
  }
}

void Invariants::collector_restored() {
  settled_ = 0;
  for (auto& [name, book] : books_) {
    book.held = book.resolved = 0;
    for (Entry& entry : book.entries) {
      const bool was_settled = entry.held || entry.resolved;
      entry.held = entry.held_in_backup;
      entry.resolved = entry.resolved_in_backup;
      entry.lost = entry.lost || (was_settled && !entry.held && !entry.resolved);
      book.held += entry.held ? 1 : 0;
      book.resolved += entry.resolved ? 1 : 0;
      if (entry.held || entry.resolved) settle(entry);
    }
  }
}

void Invariants::interval_set_is(const Ack& whole) {
  if (is_true(whole, true)) return;
  fail(Rule::kE3, "the collector's interval set of " + key_text(whole.run, whole.stream, 0) +
                      " is not what it stored and resolved");
}

void Invariants::ack_published(const Ack& ack) {
  if (is_true(ack, false)) return;
  fail(Rule::kE4, "an acknowledgement of " + key_text(ack.run, ack.stream, 0) +
                      " covers what is not committed, or its check is wrong");
}

}  // namespace sluice::sim
