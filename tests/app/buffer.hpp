#pragma once
// A buffer in a folder of its own, and what a collector would find in it.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "chunk/events.hpp"
#include "chunk/readings.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "storage/reader.hpp"
#include "storage/sqlite.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::app {

inline RunId run_number(std::uint8_t number) {
  RunId run;
  run.bytes.fill(number);
  return run;
}

inline constexpr const char* kBoot = "01234567-89ab-cdef-0123-456789abcdef";

class Buffer {
 public:
  std::string path() const { return folder_.path_of("sluice.db"); }
  storage::Reader reader() const { return *storage::Reader::open(path()); }

  // Every pending chunk of `stream`, oldest first.
  std::vector<Chunk> chunks(Stream stream) const {
    storage::Reader reader = this->reader();
    std::vector<Chunk> chunks;
    std::uint64_t after = 0;
    for (;;) {
      const auto part = reader.pending(stream, after, std::numeric_limits<std::size_t>::max());
      CHECK(part.ok());
      if (part->empty()) return chunks;
      for (const storage::StoredChunk& stored : *part) chunks.push_back(stored.chunk);
      after = part->back().position;
    }
  }
  std::vector<Event> events() const {
    std::vector<Event> events;
    for (const Chunk& chunk : chunks(Stream::kEvent)) {
      const Result<std::vector<Event>> inside = chunk::decode_events(chunk);
      CHECK(inside.ok());
      events.insert(events.end(), inside->begin(), inside->end());
    }
    return events;
  }
  template <typename T>
  std::vector<T> events_of_kind() const {
    std::vector<T> found;
    for (const Event& event : events()) {
      if (const T* const one = std::get_if<T>(&event)) found.push_back(*one);
    }
    return found;
  }
  std::vector<Reading> readings() const {
    std::vector<Reading> readings;
    for (const Chunk& chunk : chunks(Stream::kRaw)) {
      const Result<std::vector<Reading>> inside = chunk::decode_readings(chunk);
      CHECK(inside.ok());
      readings.insert(readings.end(), inside->begin(), inside->end());
    }
    return readings;
  }

 private:
  TemporaryFolder folder_;
};

// Someone else writes to the database file: as long as this lives, our own writes fail.
class Intruder {
 public:
  explicit Intruder(const std::string& path)
      : connection_(*storage::Connection::open(path, storage::Access::kWrite)) {
    // A storage thread may be writing just now: it is in and out again in no time.
    for (int i = 0; i < kTriesMax && !(transaction_ && transaction_->ok()); ++i) {
      transaction_.emplace(connection_);
    }
    CHECK(transaction_->ok());
  }

 private:
  static constexpr int kTriesMax = 1'000'000;

  storage::Connection connection_;
  std::optional<storage::Transaction> transaction_;
};

// What an honest collector answers once it holds `chunks`, all of one run and stream with keys that
// follow each other.
inline Ack ack_of(const std::vector<Chunk>& chunks) {
  Ack ack;
  ack.run = chunks.front().header.key.run;
  ack.stream = chunks.front().header.key.stream;
  Interval held{chunks.front().header.key.seq, chunks.back().header.key.seq, 0};
  for (const Chunk& chunk : chunks) held.check += chunk.header.crc;
  ack.held.push_back(held);
  return ack;
}

}  // namespace sluice::app
