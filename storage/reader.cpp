#include "storage/reader.hpp"

#include <algorithm>
#include <utility>

#include "core/interval_set.hpp"
#include "core/log.hpp"
#include "storage/chunk_table.hpp"
#include "storage/database.hpp"
#include "storage/range.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {
namespace {

// Most chunks in one answer.
constexpr std::size_t kChunksMax = 512;

bool is_whole(const Chunk& chunk) {
  return checksum_of(chunk.header, chunk.bytes) == chunk.header.crc;
}

}  // namespace

struct Reader::Impl {
  Connection connection;
  IntervalSet damaged;  // positions met so far

  void note_damage(std::uint64_t position);
};

void Reader::Impl::note_damage(std::uint64_t position) {
  const bool first = damaged.count() == 0;
  if (damaged.insert(position, 0) && first) {
    log(LogLevel::kError, "a stored chunk in " + connection.path() +
                              " is damaged and is not sent; check the disk or card it is on");
  }
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
  std::vector<StoredChunk> chunks;
  std::size_t bytes = 0;
  Result<> read = impl_->connection.for_each(
      "SELECT position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
      " FROM chunk JOIN run ON run.id = chunk.run"
      " WHERE stream = ? AND position > ? ORDER BY position",
      {static_cast<std::int64_t>(stream), to_signed(after)}, [&](const Row& row) {
        StoredChunk stored = stored_chunk(row);
        if (!is_whole(stored.chunk)) {
          impl_->note_damage(stored.position);
          return true;
        }
        bytes += stored.chunk.bytes.size() + kChunkOverhead;
        const bool fits =
            chunks.empty() || (bytes <= bytes_max &&
                               chunks.front().chunk.header.key.run == stored.chunk.header.key.run);
        if (fits) chunks.push_back(std::move(stored));
        return fits && chunks.size() < kChunksMax;
      });
  if (!read.ok()) return read.error();
  return chunks;
}

Result<std::vector<StoredChunk>> Reader::at(std::span<const std::uint64_t> positions) {
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
            impl_->note_damage(stored.position);
          }
          return true;
        });
    if (!read.ok()) return read.error();
  }
  std::sort(chunks.begin(), chunks.end(),
            [](const StoredChunk& a, const StoredChunk& b) { return a.position < b.position; });
  return chunks;
}

Result<std::vector<Holding>> Reader::holdings() {
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
  Result<RangePart> part = read_range(impl_->connection, range, bookmark, bytes_max);
  if (!part.ok()) return part;
  std::erase_if(part->chunks, [&](const StoredChunk& stored) {
    if (is_whole(stored.chunk)) return false;
    impl_->note_damage(stored.position);
    return true;
  });
  return part;
}

std::uint64_t Reader::damaged_chunks() const {
  return impl_->damaged.count();
}

}  // namespace sluice::storage
