#include "tests/crash/store_life.hpp"

#include <array>
#include <filesystem>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ack.hpp"
#include "core/check.hpp"
#include "core/chunk.hpp"
#include "storage/grace.hpp"
#include "storage/new_database.hpp"
#include "storage/reader.hpp"
#include "storage/sqlite.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::crash {
namespace {

RunId run_number(std::uint8_t number) {
  RunId run;
  run.bytes.fill(number);
  return run;
}

SealedChunk chunk_of(Stream stream, std::uint32_t count, std::size_t bytes) {
  SealedChunk chunk;
  chunk.stream = stream;
  chunk.channel = stream == Stream::kRaw ? ChannelId{1} : kNoChannel;
  chunk.count = count;
  chunk.last = instant_from_ns(count);
  chunk.bytes.assign(bytes, std::byte{0xA5});
  return chunk;
}

// What is wrong, if something is, comes last.
std::vector<std::string> texts(storage::Connection& connection, std::string_view sql) {
  std::vector<std::string> found;
  const Result<> read = connection.for_each(sql, {}, [&](const storage::Row& row) {
    found.emplace_back(row.text(0));
    return true;
  });
  if (!read.ok()) found.push_back(read.error().message);
  return found;
}

}  // namespace

std::string content_of(const std::string& database) {
  if (!std::filesystem::exists(database)) return "";
  Result<storage::Connection> connection =
      storage::Connection::open(database, storage::Access::kRead);
  if (!connection.ok()) return connection.error().message;
  std::string content;
  for (const std::string& table :
       texts(*connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")) {
    std::string columns;
    for (const std::string& column :
         texts(*connection, "SELECT name FROM pragma_table_info('" + table + "')")) {
      columns += (columns.empty() ? "quote(" : " || ',' || quote(") + column + ")";
    }
    for (const std::string& row :
         texts(*connection, "SELECT " + columns + " FROM " + table + " ORDER BY 1")) {
      content += table + ": " + row + "\n";
    }
  }
  return content;
}

std::string integrity_of(const std::string& database) {
  Result<storage::Connection> connection =
      storage::Connection::open(database, storage::Access::kRead);
  if (!connection.ok()) return connection.error().message;
  return texts(*connection, "PRAGMA integrity_check").front();
}

std::string content_without_kept(const std::string& database) {
  const TemporaryFolder folder;
  const std::string copy = folder.path_of("copy.db");
  for (const char* const end : {"", "-wal"}) {
    if (std::filesystem::exists(database + end)) {
      std::filesystem::copy_file(database + end, copy + end);
    }
  }
  Result<storage::Connection> connection = storage::Connection::open(copy, storage::Access::kWrite);
  CHECK(connection.ok());
  storage::Transaction transaction(*connection);
  storage::erase_kept(transaction, std::numeric_limits<std::uint64_t>::max());
  CHECK(transaction.commit().ok());
  return content_of(copy);
}

StoreLife::StoreLife(const std::string& folder, PlantedBug bug) : bug_(bug) {
  options_.path = folder + "/buffer.db";
  options_.quota_bytes = 0;  // there is always something to drop
}

// Frames, chunks and alerts; acknowledgements and drops; a goodbye, and an end without one; and
// bytes enough for SQLite to begin its log anew on the way.
std::span<const StoreLife::Call> StoreLife::all_calls() {
  static constexpr std::array<Call, 23> calls = {
      [](StoreLife& life) { return storage::make_database(life.options_.path); },
      [](StoreLife& life) { return life.open(1); },
      [](StoreLife& life) { return life.commit_frame(3); },
      [](StoreLife& life) { return life.commit_frame(4); },
      [](StoreLife& life) { return life.commit_event(); },
      [](StoreLife& life) { return life.seal(300); },
      [](StoreLife& life) { return life.commit_frame(5); },
      [](StoreLife& life) { return life.acknowledge(1, 1); },
      [](StoreLife& life) { return life.seal(100'000); },
      [](StoreLife& life) { return life.commit_frame(2); },
      [](StoreLife& life) { return life.seal(90'000); },
      [](StoreLife& life) { return life.drop(); },  // kMakesRoom
      [](StoreLife& life) { return life.declare(); },
      [](StoreLife& life) { return life.seal(80'000); },
      [](StoreLife& life) { return life.acknowledge(7, 8); },
      [](StoreLife& life) { return life.commit_frame(6); },
      [](StoreLife& life) { return life.acknowledge_drop(); },
      [](StoreLife& life) { return life.open(2); },
      [](StoreLife& life) { return life.recover(); },
      [](StoreLife& life) { return life.commit_frame(7); },
      [](StoreLife& life) { return life.seal(500); },
      [](StoreLife& life) { return life.end_run(); },
      [](StoreLife& life) { return life.open(3); },
  };
  return calls;
}

std::size_t StoreLife::calls() {
  return all_calls().size();
}

Result<> StoreLife::call(std::size_t number) {
  return all_calls()[number](*this);
}

Result<> StoreLife::reopen() {
  if (!store_ || !store_->failed()) return Ok{};
  const Result<storage::Reopened> outcome = store_->reopen();
  if (!outcome.ok()) return outcome.error();
  if (*outcome == storage::Reopened::kWith) tail_ = tail_next_;
  return Ok{};
}

Result<> StoreLife::start_again() {
  store_.reset();
  return open(99);
}

Result<> StoreLife::open(std::uint8_t run) {
  store_.reset();
  if (tail_ > 0) earlier_tail_ = std::exchange(tail_, 0);
  Result<storage::Store> store =
      storage::Store::open(options_, run_number(run), "boot", instant_from_ns(run));
  if (!store.ok()) return store.error();
  store_.emplace(std::move(*store));
  if (store_->failed()) return Error{ErrorCode::kUnavailable, "the run has not begun yet"};
  return Ok{};
}

Result<> StoreLife::commit(const storage::Commit& commit, std::uint32_t tail) {
  tail_next_ = tail;
  Result<> done = store_->commit(commit);
  if (done.ok()) tail_ = tail;
  return done;
}

Result<> StoreLife::commit_frame(std::uint32_t count) {
  storage::Commit frame;
  frame.frame = storage::Frame{count, Instant(), Instant(), Bytes(50, std::byte{7})};
  return commit(frame, tail_ + count);
}

Result<> StoreLife::commit_event() {
  storage::Commit event;
  event.chunks = {chunk_of(Stream::kEvent, 1, 40)};
  return commit(event, tail_);
}

Result<> StoreLife::end_run() {
  storage::Commit goodbye;
  goodbye.ends_run = true;
  return commit(goodbye, tail_);
}

Result<> StoreLife::seal(std::size_t bytes) {
  if (bug_ == PlantedBug::kFramesGoFirst) {
    Result<storage::Connection> mistaken =
        storage::Connection::open(options_.path, storage::Access::kWrite);
    if (!mistaken.ok()) return mistaken.error();
    if (Result<> gone = mistaken->execute("DELETE FROM frame"); !gone.ok()) return gone;
  }
  storage::Commit seal;
  seal.chunks = {chunk_of(Stream::kRaw, tail_ + 1, bytes), chunk_of(Stream::kRaw, 1, 20)};
  seal.drop_frames = true;
  return commit(seal, 0);
}

Result<> StoreLife::acknowledge(std::uint64_t first, std::uint64_t last) {
  Result<storage::Reader> reader = storage::Reader::open(options_.path);
  if (!reader.ok()) return reader.error();
  const auto chunks = reader->pending(Stream::kRaw, 0, 10'000'000);
  if (!chunks.ok()) return chunks.error();
  Interval held{first, last, 0};
  for (const storage::StoredChunk& stored : *chunks) {
    const ChunkHeader& header = stored.chunk.header;
    if (header.key.seq >= first && header.key.seq <= last) held.check += header.crc;
  }
  return settle({run_number(1), Stream::kRaw, {held}, {}});
}

Result<> StoreLife::acknowledge_drop() {
  return settle({run_number(1), Stream::kRaw, {}, {{dropped_.first_seq, dropped_.last_seq, 0}}});
}

Result<> StoreLife::settle(const Ack& ack) {
  const auto outcome = store_->acknowledge(ack);
  if (!outcome.ok()) return outcome.error();
  CHECK(!outcome->refused);
  return Ok{};
}

Result<> StoreLife::drop() {
  Result<std::vector<storage::Drop>> drops = store_->make_room();
  if (!drops.ok()) return drops.error();
  CHECK(drops->size() == 1);
  return Ok{};
}

Result<> StoreLife::declare() {
  const Result<std::vector<storage::Drop>> drops = store_->undeclared();
  if (!drops.ok()) return drops.error();
  dropped_ = drops->front();
  return store_->declare(*drops, chunk_of(Stream::kEvent, 1, 60));
}

Result<> StoreLife::recover() {
  const std::vector<SealedChunk> tail = {chunk_of(Stream::kRaw, earlier_tail_, 200)};
  const std::vector<SealedChunk> notes = {chunk_of(Stream::kEvent, 1, 40)};
  return store_->recover(run_number(1), tail, notes);
}

}  // namespace sluice::crash
