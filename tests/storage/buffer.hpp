#pragma once
// A buffer under test: a store in a folder of its own that can lose power, and a collector's end of
// the protocol that knows the checksums of what was stored.

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/ack.hpp"
#include "core/check.hpp"
#include "core/chunk.hpp"
#include "storage/grace.hpp"
#include "storage/reader.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::storage {

inline RunId run_number(std::uint8_t number) {
  RunId run;
  run.bytes.fill(number);
  return run;
}

inline SealedChunk chunk_of(Stream stream, std::uint32_t count, std::size_t size = 20,
                            std::int64_t first_ns = 0) {
  SealedChunk chunk;
  chunk.stream = stream;
  chunk.channel = stream == Stream::kRaw ? ChannelId{1} : kNoChannel;
  chunk.count = count;
  chunk.first = instant_from_ns(first_ns);
  chunk.last = instant_from_ns(first_ns + count);
  chunk.bytes.assign(size, std::byte{0xA5});
  return chunk;
}

inline Frame frame_of(std::uint32_t count, std::int64_t last_ns = 0) {
  return Frame{count, instant_from_ns(last_ns), instant_from_ns(last_ns), Bytes(30, std::byte{7})};
}

class Buffer {
  TemporaryFolder folder_;

 public:
  Options options{folder_.path_of("buffer.db")};

  // Opens the store as the given run.
  Result<> start(std::uint8_t number, std::unique_ptr<Disk> disk = nullptr) {
    Result<Store> store =
        Store::open(options, run_number(number), "boot", instant_from_ns(number), std::move(disk));
    if (!store.ok()) return store.error();
    store_.emplace(std::move(*store));
    return Ok{};
  }
  void stop() { store_.reset(); }

  // What SIGKILL leaves: the files as they are, and none of what closing would do.
  void lose_power() {
    namespace fs = std::filesystem;
    for (const char* const end : {"", "-wal"}) {
      fs::copy_file(options.path + end, options.path + end + ".cut");
    }
    store_.reset();
    for (const char* const end : {"", "-wal"}) {
      fs::rename(options.path + end + ".cut", options.path + end);
    }
  }

  Store& store() {
    CHECK(store_.has_value());
    return *store_;
  }
  Reader reader() const {
    Result<Reader> reader = Reader::open(options.path);
    CHECK(reader.ok());
    return std::move(*reader);
  }
  const TemporaryFolder& folder() const { return folder_; }

  Result<> commit(std::vector<SealedChunk> chunks) {
    Commit commit;
    commit.chunks = std::move(chunks);
    Result<> done = store().commit(commit);
    if (done.ok()) static_cast<void>(learn());
    return done;
  }
  Result<> commit_frame(std::uint32_t count, std::int64_t last_ns = 0) {
    Commit commit;
    commit.frame = frame_of(count, last_ns);
    return store().commit(commit);
  }
  Result<> end_run() {
    Commit commit;
    commit.drop_frames = true;
    commit.ends_run = true;
    return store().commit(commit);
  }

  // The collector has everything of the run, and says so when it is asked. REQUIRES: it is settled.
  void confirm(std::uint8_t run) {
    for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
      const auto question = reader().question(run_number(run), static_cast<Stream>(stream), 1, 64);
      CHECK(question.ok());
      if (!*question) continue;
      Connection connection = std::move(*Connection::open(options.path, Access::kRead));
      const RunId id = run_number(run);
      Ack ack{id, static_cast<Stream>(stream), {}, {}};
      ack.answer = Answer{0, (*question)->last};
      CHECK(connection
                .for_each("SELECT first, last, check_sum, resolved FROM settled JOIN run"
                          " ON run.id = settled.run WHERE run.run = ? AND stream = ?"
                          " ORDER BY first",
                          {std::as_bytes(std::span(id.bytes)), std::int64_t{stream}},
                          [&](const Row& row) {
                            auto& kind = row.integer(3) == 0 ? ack.held : ack.resolved;
                            kind.push_back({to_unsigned(row.integer(0)),
                                            to_unsigned(row.integer(1)),
                                            to_unsigned(row.integer(2))});
                            return true;
                          })
                .ok());
      CHECK(store().acknowledge({**question, ack}).ok());
    }
  }

  // As if the grace area had no room any more.
  void erase_kept() {
    Result<Connection> connection = Connection::open(options.path, Access::kWrite);
    CHECK(connection.ok());
    Transaction transaction(*connection);
    while (storage::erase_kept(transaction, std::numeric_limits<std::uint64_t>::max()) > 0)
      continue;
    CHECK(transaction.commit().ok());
  }

  // Headers of what is pending behind `after`, and moves `after` on.
  std::vector<ChunkHeader> pending_behind(Stream stream, std::uint64_t& after) const {
    std::vector<ChunkHeader> headers;
    Reader reader = this->reader();
    for (;;) {
      const auto chunks = reader.pending(stream, after, 1024 * 1024);
      CHECK(chunks.ok());
      if (chunks->empty()) return headers;
      after = chunks->back().position;
      for (const StoredChunk& stored : *chunks) headers.push_back(stored.chunk.header);
    }
  }

  // Remembers the checksums of chunks that are new, as a collector that received them would.
  std::vector<ChunkHeader> learn() {
    std::vector<ChunkHeader> fresh;
    for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
      for (const ChunkHeader& header :
           pending_behind(static_cast<Stream>(stream), learned_[stream])) {
        crcs_[header.key] = header.crc;
        fresh.push_back(header);
      }
    }
    return fresh;
  }

  Interval held(std::uint64_t first, std::uint64_t last, std::uint8_t run = 1,
                Stream stream = Stream::kRaw) const {
    Interval interval{first, last, 0};
    for (std::uint64_t seq = first; seq <= last; ++seq) {
      const auto known = crcs_.find(ChunkKey{run_number(run), stream, seq});
      CHECK(known != crcs_.end());
      interval.check += known->second;
    }
    return interval;
  }

  // Drops raw chunks first..last, with `readings` inside, and declares them missing.
  Result<> drop_raw(std::uint64_t first, std::uint64_t last, std::uint64_t readings,
                    std::uint8_t run = 1) {
    Drop drop;
    drop.run = run_number(run);
    drop.first_seq = first;
    drop.last_seq = last;
    drop.readings = readings;
    if (Result<> done = store().drop(drop); !done.ok()) return done;
    Result<> done = store().declare({&drop, 1}, chunk_of(Stream::kEvent, 1));
    static_cast<void>(learn());
    return done;
  }

  std::vector<std::uint64_t> pending(Stream stream = Stream::kRaw) const {
    std::vector<std::uint64_t> seqs;
    std::uint64_t after = 0;
    for (const ChunkHeader& header : pending_behind(stream, after)) seqs.push_back(header.key.seq);
    return seqs;
  }

  // Whether what is kept of the lanes is what counting all chunks says.
  bool lanes_are_exact() const {
    Result<Connection> connection = Connection::open(options.path, Access::kRead);
    CHECK(connection.ok());
    const auto wrong = connection->integer(
        "SELECT count(*) FROM lane WHERE chunks <> (SELECT count(*) FROM chunk WHERE lane = 6 OR"
        " (lane, position) IN (SELECT lane, position FROM pending) AND"
        " coalesce(promoted, stream + 1 + (stream > 1)) = lane) OR bytes <>"
        " (SELECT coalesce(sum(length(bytes)), 0) FROM chunk WHERE lane = 6 OR"
        " (lane, position) IN (SELECT lane, position FROM pending) AND"
        " coalesce(promoted, stream + 1 + (stream > 1)) = lane)");
    CHECK(wrong.ok());
    return **wrong == 0;
  }

 private:
  std::optional<Store> store_;
  std::map<ChunkKey, std::uint32_t> crcs_;
  std::array<std::uint64_t, kStreamCount> learned_{};  // up to this position
};

inline Ack ack_of(std::vector<Interval> held, std::vector<Interval> resolved = {},
                  std::uint8_t run = 1, Stream stream = Stream::kRaw) {
  return Ack{run_number(run), stream, std::move(held), std::move(resolved)};
}

inline bool balances(const Totals& totals) {
  return totals.stored == totals.pending + totals.delivered + totals.dropped;
}

template <typename T>
bool failed_with(const Result<T>& result, ErrorCode code) {
  return !result.ok() && result.error().code == code;
}

}  // namespace sluice::storage
