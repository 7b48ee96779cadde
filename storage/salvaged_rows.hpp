#pragma once
// Rows of our tables told apart by their shape, for a file whose schema is not believed. What does
// not fit is not taken. Pure functions.

#include <cstdint>
#include <optional>
#include <span>

#include "core/chunk.hpp"
#include "core/time.hpp"
#include "storage/page_rows.hpp"
#include "storage/run_table.hpp"

namespace sluice::storage {

std::optional<RunRow> run_row(const PageRow& row);
// Of the index that finds a run by its id: nothing else of it is known.
std::optional<RunRow> run_name_row(const PageRow& row);

// The books of one run and stream.
struct StreamRow {
  std::int64_t run = 0;
  Stream stream = Stream::kRaw;
  std::uint64_t last_seq = 0;
  std::uint64_t pending_chunks = 0;
  std::uint64_t pending = 0;  // readings, as the next two
  std::uint64_t delivered = 0;
  std::uint64_t dropped = 0;
  std::uint64_t undeclared_chunks = 0;
  std::uint64_t kept_chunks = 0;
  std::uint64_t kept = 0;  // readings
};
std::optional<StreamRow> stream_row(const PageRow& row);

struct ChunkRow {
  std::int64_t run = 0;
  Chunk chunk;  // without its run, so that its checksum is not looked at yet
  bool pinned = false;
};
std::optional<ChunkRow> chunk_row(const PageRow& row);

struct FrameRow {
  std::int64_t run = 0;
  std::uint32_t count = 0;
  Instant last;
  std::span<const std::byte> bytes;  // valid as long as the row
  std::uint64_t commit = 0;
};
std::optional<FrameRow> frame_row(const PageRow& row);

// Of the runs that are closed.
std::optional<SettledRun> closed_row(const PageRow& row);

}  // namespace sluice::storage
