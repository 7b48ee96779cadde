#include "storage/reader.hpp"

#include <algorithm>
#include <utility>

#include "storage/chunk_table.hpp"
#include "storage/database.hpp"
#include "storage/range.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {
namespace {

// Most chunks in one answer.
constexpr std::size_t kChunksMax = 512;
constexpr std::size_t kSuspectsMax = 64;

}  // namespace

struct Reader::Impl {
  Connection connection;
  std::vector<Suspect> suspects;  // met and not taken

  // The database may have been set aside, and a fresh one be in its place.
  Result<> follow();
  void suspect(Stream stream, std::uint64_t after) {
    if (suspects.size() < kSuspectsMax) suspects.push_back({stream, after});
  }
  void suspect(const StoredChunk& damaged) {
    suspect(damaged.chunk.header.key.stream, damaged.position - 1);
  }
};

Result<> Reader::Impl::follow() {
  if (!connection.is_displaced()) return Ok{};
  Result<Connection> fresh = open_for_reading(connection.path());
  if (!fresh.ok()) return fresh.error();
  connection = std::move(*fresh);
  return Ok{};
}

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const std::string& path) {
  Result<Connection> connection = open_for_reading(path);
  if (!connection.ok()) return connection.error();
  return Reader(std::make_unique<Impl>(Impl{std::move(*connection), {}}));
}

Result<std::vector<StoredChunk>> Reader::pending(Stream stream, std::uint64_t after,
                                                 std::size_t bytes_max) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  std::vector<StoredChunk> chunks;
  std::size_t bytes = 0;
  Result<> read = impl_->connection.for_each(
      "SELECT position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
      " FROM chunk JOIN run ON run.id = chunk.run"
      " WHERE stream = ? AND position > ? ORDER BY position",
      {static_cast<std::int64_t>(stream), to_signed(after)}, [&](const Row& row) {
        StoredChunk stored = stored_chunk(row);
        after = stored.position;
        if (!is_whole(stored.chunk)) {
          impl_->suspect(stored);
          return true;
        }
        bytes += stored.chunk.bytes.size() + kChunkOverhead;
        const bool fits =
            chunks.empty() || (bytes <= bytes_max &&
                               chunks.front().chunk.header.key.run == stored.chunk.header.key.run);
        if (fits) chunks.push_back(std::move(stored));
        return fits && chunks.size() < kChunksMax;
      });
  if (!read.ok()) {
    impl_->suspect(stream, after);
    return read.error();
  }
  return chunks;
}

Result<std::vector<StoredChunk>> Reader::at(std::span<const std::uint64_t> positions) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  std::vector<StoredChunk> chunks;
  for (const std::uint64_t position : positions) {
    Result<> read = impl_->connection.for_each(
        "SELECT position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
        " FROM chunk JOIN run ON run.id = chunk.run WHERE position = ?",
        {to_signed(position)}, [&](const Row& row) {
          StoredChunk stored = stored_chunk(row);
          if (is_whole(stored.chunk)) {
            chunks.push_back(std::move(stored));
          } else {
            impl_->suspect(stored);
          }
          return true;
        });
    if (!read.ok()) {
      // Whatever stream it is of.
      for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
        impl_->suspect(static_cast<Stream>(stream), position - 1);
      }
      return read.error();
    }
  }
  std::sort(chunks.begin(), chunks.end(),
            [](const StoredChunk& a, const StoredChunk& b) { return a.position < b.position; });
  return chunks;
}

Result<std::vector<Holding>> Reader::holdings() {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  std::vector<Holding> holdings;
  Result<> read = impl_->connection.for_each(
      "SELECT run.run, stream, last_seq, pending_chunks FROM stream JOIN run ON run.id = stream.run"
      " ORDER BY run.id, stream",
      {}, [&](const Row& row) {
        holdings.push_back({run_id_of(row.blob(0)), static_cast<Stream>(row.integer(1)),
                            to_unsigned(row.integer(2)), to_unsigned(row.integer(3))});
        return true;
      });
  if (!read.ok()) return read.error();
  return holdings;
}

Result<RangePart> Reader::range(const TimeRange& range, Bookmark& bookmark, std::size_t bytes_max) {
  if (Result<> there = impl_->follow(); !there.ok()) return there.error();
  Result<RangePart> part = read_range(impl_->connection, range, bookmark, bytes_max);
  if (!part.ok()) return part;
  std::erase_if(part->chunks, [&](const StoredChunk& stored) {
    if (is_whole(stored.chunk)) return false;
    impl_->suspect(stored);
    return true;
  });
  return part;
}

std::vector<Suspect> Reader::take_suspects() {
  return std::exchange(impl_->suspects, {});
}

}  // namespace sluice::storage
