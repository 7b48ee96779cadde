// Random histories of one buffer and one collector, against a model in plain maps: what may be
// pending, what was counted, and that every key ends as a row or in a gap, never as neither.

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "core/interval_set.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

struct Fate {
  enum class State { kPending, kDropped, kDelivered, kResolved };
  State state = State::kPending;
  std::uint32_t crc = 0;
  std::uint64_t readings = 0;
  bool declared = false;  // a gap record covers it
};

// The receiving end: what it holds, and what gap records have settled there.
struct Collector {
  struct Keys {
    IntervalSet held;
    IntervalSet resolved;
  };
  std::map<std::pair<RunId, Stream>, Keys> streams;

  void receive(const ChunkKey& key, std::uint32_t crc) {
    Keys& keys = streams[{key.run, key.stream}];
    if (!keys.resolved.contains(key.seq)) static_cast<void>(keys.held.insert(key.seq, crc));
  }
  void resolve(const std::vector<Drop>& drops) {
    for (const Drop& drop : drops) {
      Keys& keys = streams[{drop.run, drop.stream}];
      for (std::uint64_t seq = drop.first_seq; seq <= drop.last_seq; ++seq) {
        if (!keys.held.contains(seq)) static_cast<void>(keys.resolved.insert(seq, 0));
      }
    }
  }
  Ack snapshot(const RunId& run, Stream stream) {
    const Keys& keys = streams[{run, stream}];
    return {run,
            stream,
            {keys.held.intervals().begin(), keys.held.intervals().end()},
            {keys.resolved.intervals().begin(), keys.resolved.intervals().end()}};
  }
};

}  // namespace

TEST_GROUP(StoreModel) {
  Buffer buffer;
  std::mt19937 random;
  std::map<ChunkKey, Fate> written;
  std::map<ChunkKey, std::vector<Drop>> gaps;  // what an event chunk declares
  std::uint64_t tail = 0;                      // readings in the current run's frames
  std::uint64_t stored = 0;
  std::uint8_t run = 0;
  std::set<RunId> runs;
  Collector collector;
  std::vector<Ack> acks;

  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random);
  }
  template <typename Container>
  auto any_of(const Container& container) {
    return std::next(container.begin(), static_cast<std::ptrdiff_t>(
                                            below(static_cast<std::uint32_t>(container.size()))));
  }

  void begin(std::uint32_t seed) {
    random.seed(seed);
    buffer.options.quota_bytes = 0;
    start();
  }

  void start() {
    ++run;
    CHECK_TRUE(buffer.start(run).ok());
    runs.insert(run_number(run));
  }

  // The keys that chunks got.
  std::vector<ChunkKey> learn() {
    std::vector<ChunkKey> fresh;
    for (const ChunkHeader& header : buffer.learn()) {
      const std::uint64_t readings = header.key.stream == Stream::kRaw ? header.count : 0;
      const Fate entry{Fate::State::kPending, header.crc, readings};
      CHECK_TRUE(written.emplace(header.key, entry).second);
      fresh.push_back(header.key);
    }
    return fresh;
  }

  void commit_frame() {
    const std::uint32_t count = 1 + below(20);
    CHECK_TRUE(buffer.commit_frame(count).ok());
    tail += count;
    stored += count;
  }

  std::vector<SealedChunk> sealed(std::uint64_t readings) {
    std::vector<SealedChunk> chunks;
    while (readings > 0) {
      const std::uint64_t count = std::min<std::uint64_t>(readings, 1 + below(15));
      chunks.push_back(chunk_of(Stream::kRaw, static_cast<std::uint32_t>(count), 1 + below(3'000)));
      readings -= count;
    }
    return chunks;
  }

  void commit_chunks() {
    Commit commit;
    const std::uint64_t newer = below(20);
    commit.chunks = sealed(tail + newer);
    commit.drop_frames = true;
    if (below(2) == 0) commit.chunks.push_back(chunk_of(Stream::kEvent, 1 + below(5)));
    if (below(4) == 0) commit.chunks.push_back(chunk_of(Stream::kRollup, 1 + below(5)));
    CHECK_TRUE(buffer.store().commit(commit).ok());
    stored += newer;
    tail = 0;
    learn();
  }

  void deliver_one() {
    std::vector<ChunkKey> pending;
    for (const auto& [key, entry] : written) {
      if (entry.state == Fate::State::kPending) pending.push_back(key);
    }
    if (!pending.empty()) deliver(*any_of(pending));
  }

  void deliver(const ChunkKey& key) {
    collector.receive(key, written.at(key).crc);
    if (const auto gap = gaps.find(key); gap != gaps.end()) collector.resolve(gap->second);
  }

  // An acknowledgement of now, or of any time before.
  void acknowledge() {
    const Stream stream = static_cast<Stream>(below(kStreamCount));
    acks.push_back(collector.snapshot(*any_of(runs), stream));
    const Ack ack = below(3) == 0 ? *any_of(acks) : acks.back();
    const Result<AckOutcome> outcome = buffer.store().acknowledge(ack);
    CHECK_TRUE(outcome.ok());
    // A run that is forgotten is unknown, and there was nothing left of it.
    if (outcome->refused) {
      CHECK_TRUE(outcome->settled_chunks == 0);
      for (const auto& [key, entry] : written) {
        if (key.run != ack.run) continue;
        CHECK_TRUE(ack.held.empty() || entry.state == Fate::State::kDelivered ||
                   entry.state == Fate::State::kResolved);
      }
      return;
    }
    mark(ack, ack.held, Fate::State::kDelivered);
    mark(ack, ack.resolved, Fate::State::kResolved);
  }

  void mark(const Ack& ack, const std::vector<Interval>& intervals, Fate::State state) {
    for (const Interval& interval : intervals) {
      for (std::uint64_t seq = interval.first; seq <= interval.last; ++seq) {
        written.at({ack.run, ack.stream, seq}).state = state;
      }
    }
  }

  void lie() {
    Ack ack = collector.snapshot(*any_of(runs), static_cast<Stream>(below(kStreamCount)));
    if (ack.held.empty()) return;
    Interval& interval = ack.held[below(static_cast<std::uint32_t>(ack.held.size()))];
    interval.check += 1 + below(1'000);
    interval.last += below(2);
    const Result<AckOutcome> outcome = buffer.store().acknowledge(ack);
    CHECK_TRUE(outcome.ok());
    // What was settled before cannot be lied about to any effect.
    CHECK_TRUE(outcome->refused || outcome->settled_chunks == 0);
  }

  void drop() {
    const Result<std::vector<Drop>> drops = buffer.store().make_room();
    CHECK_TRUE(drops.ok());
    for (const Drop& drop : *drops) {
      for (std::uint64_t seq = drop.first_seq; seq <= drop.last_seq; ++seq) {
        Fate& entry = written.at({drop.run, drop.stream, seq});
        CHECK_TRUE(entry.state == Fate::State::kPending);
        entry.state = Fate::State::kDropped;
      }
    }
  }

  void declare() {
    const Result<std::vector<Drop>> drops = buffer.store().undeclared();
    CHECK_TRUE(drops.ok());
    if (drops->empty()) return;
    for (const Drop& drop : *drops) {
      for (std::uint64_t seq = drop.first_seq; seq <= drop.last_seq; ++seq) {
        Fate& entry = written.at({drop.run, drop.stream, seq});
        CHECK_TRUE(entry.state == Fate::State::kDropped && !entry.declared);
        entry.declared = true;
      }
    }
    CHECK_TRUE(buffer.store().declare(*drops, chunk_of(Stream::kEvent, 1)).ok());
    const std::vector<ChunkKey> gap = learn();
    CHECK_TRUE(gap.size() == 1);
    gaps.emplace(gap.front(), *drops);
  }

  void restart() {
    const bool goodbye = below(2) == 0;
    if (goodbye) {
      Commit commit;
      commit.chunks = sealed(tail);
      commit.drop_frames = true;
      commit.ends_run = true;
      CHECK_TRUE(buffer.store().commit(commit).ok());
      tail = 0;
      learn();
      buffer.stop();
    } else {
      buffer.lose_power();
    }
    start();
    const Result<std::vector<EarlierRun>> earlier = buffer.store().earlier_runs();
    CHECK_TRUE(earlier.ok());
    CHECK_TRUE(earlier->size() == (goodbye ? 0 : 1));
    for (const EarlierRun& unfinished : *earlier) {
      const std::vector<SealedChunk> chunks = sealed(tail);
      CHECK_TRUE(buffer.store().recover(unfinished.run, chunks, {}).ok());
      tail = 0;
      learn();
    }
  }

  void step() {
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return commit_frame();
      case 4:
      case 5:
        return commit_chunks();
      case 6:
      case 7:
      case 8:
      case 9:
      case 10:
        return deliver_one();
      case 11:
      case 12:
        return acknowledge();
      case 13:
        return lie();
      case 14:
        return below(2) == 0 ? drop() : declare();
      default:
        return below(3) == 0 ? restart() : deliver_one();
    }
  }

  void check_all() {
    Totals expected;
    expected.stored = stored;
    expected.pending = tail;
    std::set<ChunkKey> pending;
    for (const auto& [key, entry] : written) {
      switch (entry.state) {
        case Fate::State::kPending:
          pending.insert(key);
          expected.pending += entry.readings;
          ++expected.pending_chunks;
          break;
        case Fate::State::kDelivered:
          expected.delivered += entry.readings;
          break;
        case Fate::State::kDropped:
          expected.dropped += entry.readings;
          expected.undeclared += entry.declared ? 0 : entry.readings;
          expected.undeclared_chunks += entry.declared ? 0 : 1;
          break;
        case Fate::State::kResolved:
          expected.dropped += entry.readings;
          break;
      }
    }
    const Totals totals = buffer.store().totals();
    CHECK_TRUE(balances(totals));
    CHECK_TRUE(buffer.store().audit().ok());
    CHECK_TRUE(totals.stored == expected.stored);
    CHECK_TRUE(totals.pending == expected.pending);
    CHECK_TRUE(totals.delivered == expected.delivered);
    CHECK_TRUE(totals.dropped == expected.dropped);
    CHECK_TRUE(totals.pending_chunks == expected.pending_chunks);
    CHECK_TRUE(totals.undeclared == expected.undeclared);
    CHECK_TRUE(totals.undeclared_chunks == expected.undeclared_chunks);
    CHECK_TRUE(all_pending() == pending);
    CHECK_TRUE(buffer.lanes_are_exact());
  }

  std::set<ChunkKey> all_pending() {
    std::set<ChunkKey> keys;
    for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
      std::uint64_t after = 0;
      for (const ChunkHeader& header : buffer.pending_behind(static_cast<Stream>(stream), after)) {
        keys.insert(header.key);
      }
    }
    return keys;
  }

  // Faults have stopped: everything durable arrives, and nothing else is left behind.
  void drain() {
    commit_chunks();
    declare();
    for (const auto& [key, entry] : written) {
      if (entry.state == Fate::State::kPending) deliver(key);
    }
    for (const RunId& known : runs) {
      for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
        const Ack ack = collector.snapshot(known, static_cast<Stream>(stream));
        Result<AckOutcome> outcome = buffer.store().acknowledge(ack);
        while (outcome.ok() && outcome->unfinished) outcome = buffer.store().acknowledge(ack);
        CHECK_TRUE(outcome.ok());
        if (outcome->refused) continue;
        mark(ack, ack.held, Fate::State::kDelivered);
        mark(ack, ack.resolved, Fate::State::kResolved);
      }
    }
    check_all();
    for (const auto& [key, entry] : written) {
      CHECK_TRUE(entry.state == Fate::State::kDelivered || entry.state == Fate::State::kResolved);
    }
    // With a quota of nothing nothing is kept.
    for (int i = 0; i < 100; ++i) CHECK_TRUE(buffer.store().make_room().ok());
    const Result<std::vector<SettledRun>> settled = buffer.store().settled_runs();
    CHECK_TRUE(settled.ok());
    CHECK_TRUE(buffer.store().close(*settled, chunk_of(Stream::kEvent, 1)).ok());
    static_cast<void>(buffer.learn());
    const std::vector<std::uint64_t> records = buffer.pending(Stream::kEvent);
    CHECK_TRUE(records.size() == 1);
    const Interval record = buffer.held(records[0], records[0], run, Stream::kEvent);
    CHECK_TRUE(buffer.store().acknowledge(ack_of({record}, {}, run, Stream::kEvent)).ok());
    for (std::uint8_t over = 1; over < run; ++over) buffer.confirm(over);
    const auto holdings = buffer.reader().holdings();
    for (const Holding& holding : *holdings) CHECK_TRUE(holding.run == run_number(run));
  }

  void live(std::uint32_t seed, int steps) {
    begin(seed);
    for (int i = 0; i < steps; ++i) {
      step();
      if (i % 10 == 0) check_all();
    }
    drain();
  }
};

TEST(StoreModel, first_history) {
  live(1, 400);
}
TEST(StoreModel, second_history) {
  live(2, 400);
}
TEST(StoreModel, third_history) {
  live(3, 400);
}
TEST(StoreModel, fourth_history) {
  live(4, 400);
}
