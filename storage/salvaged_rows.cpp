#include "storage/salvaged_rows.hpp"

#include <cstddef>
#include <cstring>
#include <limits>
#include <string_view>
#include <variant>

namespace sluice::storage {
namespace {

constexpr std::size_t kBootBytesMax = 64;
// Far from where a sum of them would overflow.
constexpr std::int64_t kCountMax = std::int64_t{1} << 48;

// The columns of a row one after the other; ok() is false from the first that does not fit.
class Columns {
 public:
  explicit Columns(const PageRow& row) : row_(row) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == row_.columns.size(); }
  void skip_rowid() { take<std::nullptr_t>(); }
  std::int64_t integer(std::int64_t least, std::int64_t most) {
    const std::int64_t number = take<std::int64_t>();
    ok_ = ok_ && number >= least && number <= most;
    return number;
  }
  std::int64_t any() {
    return integer(std::numeric_limits<std::int64_t>::min(),
                   std::numeric_limits<std::int64_t>::max());
  }
  std::uint64_t count() { return to_unsigned(integer(0, kCountMax)); }
  // A column that came to the table later is not in rows from before.
  std::uint64_t later_count() { return at_end() ? 0 : count(); }
  void skip_later() {
    if (!at_end()) ++at_;
  }
  std::string_view text() { return take<std::string_view>(); }
  std::span<const std::byte> blob() { return take<std::span<const std::byte>>(); }

 private:
  template <typename T>
  T take() {
    const T* const value =
        ok_ && !at_end() ? std::get_if<T>(&row_.columns[at_++]) : static_cast<const T*>(nullptr);
    ok_ = value != nullptr;
    return ok_ ? *value : T{};
  }

  const PageRow& row_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kStreamLast = kStreamCount - 1;

}  // namespace

std::optional<RunRow> run_row(const PageRow& row) {
  RunRow run;
  Columns columns(row);
  columns.skip_rowid();
  const std::span<const std::byte> id = columns.blob();
  run.boot = columns.text();
  run.state = columns.integer(0, 2);
  run.last_durable = instant_from_ns(columns.any());
  run.last_commit = columns.later_count();
  run.sealed_commit = columns.later_count();
  columns.skip_later();  // what closes it: it is closed anew
  columns.skip_later();
  run.row = row.rowid;
  const bool fits = row.has_rowid && row.rowid >= 1 && columns.ok() && columns.at_end() &&
                    id.size() == run.id.bytes.size() && run.boot.size() <= kBootBytesMax;
  if (!fits) return std::nullopt;
  std::memcpy(run.id.bytes.data(), id.data(), id.size());
  return run;
}

std::optional<RunRow> run_name_row(const PageRow& row) {
  RunRow run;
  Columns columns(row);
  const std::span<const std::byte> id = columns.blob();
  run.row = columns.integer(1, kMost);
  const bool fits =
      !row.has_rowid && columns.ok() && columns.at_end() && id.size() == run.id.bytes.size();
  if (!fits) return std::nullopt;
  std::memcpy(run.id.bytes.data(), id.data(), id.size());
  return run;
}

std::optional<StreamRow> stream_row(const PageRow& row) {
  StreamRow books;
  Columns columns(row);
  books.run = columns.integer(1, kMost);
  books.stream = static_cast<Stream>(columns.integer(0, kStreamLast));
  books.last_seq = columns.count();
  books.pending_chunks = columns.count();
  const std::uint64_t stored = columns.count();
  books.pending = columns.count();
  books.delivered = columns.count();
  books.dropped = columns.count();
  columns.later_count();  // dropped chunks
  books.undeclared_chunks = columns.later_count();
  columns.later_count();  // their readings
  columns.later_count();  // the longest span
  books.kept_chunks = columns.later_count();
  books.kept = columns.later_count();
  columns.skip_later();  // what is confirmed: it is closed anew
  const bool fits = !row.has_rowid && columns.ok() && columns.at_end() &&
                    books.pending_chunks + books.kept_chunks <= books.last_seq &&
                    books.kept <= books.delivered &&
                    stored == books.pending + books.delivered + books.dropped;
  return fits ? std::optional(books) : std::nullopt;
}

std::optional<ChunkRow> chunk_row(const PageRow& row) {
  ChunkRow found;
  ChunkHeader& header = found.chunk.header;
  Columns columns(row);
  columns.skip_rowid();
  found.run = columns.integer(1, kMost);
  header.key.stream = static_cast<Stream>(columns.integer(0, kStreamLast));
  header.key.seq = to_unsigned(columns.integer(1, kMost));
  header.channel = static_cast<ChannelId>(columns.integer(0, index_of(kNoChannel)));
  header.count = static_cast<std::uint32_t>(columns.integer(1, UINT32_MAX));
  header.first = instant_from_ns(columns.any());
  header.last = instant_from_ns(columns.any());
  header.crc = static_cast<std::uint32_t>(columns.integer(0, UINT32_MAX));
  found.pinned = columns.integer(0, 1) != 0;
  const std::span<const std::byte> bytes = columns.blob();
  columns.skip_later();  // its lane
  const bool fits =
      row.has_rowid && columns.ok() && columns.at_end() && header.first <= header.last;
  if (!fits) return std::nullopt;
  found.chunk.bytes.assign(bytes.begin(), bytes.end());
  return found;
}

std::optional<FrameRow> frame_row(const PageRow& row) {
  FrameRow frame;
  Columns columns(row);
  columns.skip_rowid();
  frame.run = columns.integer(1, kMost);
  frame.count = static_cast<std::uint32_t>(columns.integer(1, UINT32_MAX));
  frame.last = instant_from_ns(columns.any());
  frame.bytes = columns.blob();
  frame.commit = columns.later_count();
  const bool fits = row.has_rowid && columns.ok() && columns.at_end();
  return fits ? std::optional(frame) : std::nullopt;
}

std::optional<SettledRun> closed_row(const PageRow& row) {
  SettledRun run;
  Columns columns(row);
  columns.skip_rowid();
  const std::span<const std::byte> id = columns.blob();
  for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
    const std::uint64_t last = columns.count();
    if (last > 0) run.streams.push_back({static_cast<Stream>(stream), last});
  }
  columns.integer(0, 1);  // whether it is due: it is, now
  const bool fits = row.has_rowid && columns.ok() && columns.at_end() &&
                    id.size() == run.run.bytes.size() && !run.streams.empty();
  if (!fits) return std::nullopt;
  std::memcpy(run.run.bytes.data(), id.data(), id.size());
  return run;
}

}  // namespace sluice::storage
