#pragma once
// Puts what can still be read of a database that was set aside into the one that took its place,
// under the keys it had, a bounded piece at a time. Chunks prove themselves by their checksums,
// frames by their own; of the bookkeeping only what fits together is believed. Keys that are left
// over are noted as missing.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/page_file.hpp"
#include "storage/run_table.hpp"
#include "storage/salvaged_rows.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"
#include "storage/written.hpp"

namespace sluice::storage {

class Salvage {
 public:
  // The hot tail of `current` is in memory still: its frames are not taken.
  Salvage(const std::string& path, const RunId& current)
      : path_(path), file_(path), current_(current) {}

  const std::string& path() const { return path_; }
  // The next piece, to be committed. REQUIRES: not done.
  void step(Transaction& transaction);
  // It was. Returns the bytes of the chunks and frames in it.
  Written committed();
  // It cannot be, for it has rows that fit nowhere: goes on behind it.
  void skip();
  bool done() const { return place_.pass == Pass::kDone; }

  std::uint64_t chunks() const { return chunks_; }    // that came out of it
  bool knows_runs() const { return !runs_.empty(); }  // else it may be another program's
  bool has_loss() const { return has_loss_; }         // something is noted as missing

 private:
  enum class Pass : std::uint8_t { kRuns, kRecords, kRest, kDone };
  struct Place {
    Pass pass = Pass::kRuns;
    Layer layer = Layer::kNewest;
    std::uint32_t page = 2;
  };
  struct Run {
    RunRow row;
    std::optional<KnownRun> here;  // in the database that took the place
  };
  struct Books {
    StreamRow row;
    std::uint64_t salvaged = 0;  // readings
  };
  using BooksKey = std::pair<std::int64_t, Stream>;

  void learn(const PageRow& row);
  void add_runs(Transaction& transaction);
  // Bytes that were written for it.
  std::uint64_t take(Transaction& transaction, const PageRow& row);
  std::uint64_t take_chunk(Transaction& transaction, ChunkRow found);
  std::uint64_t take_frame(Transaction& transaction, const FrameRow& frame);
  // The run whose id fits the checksum; the chunk has it then. Nothing when none does.
  const KnownRun* owner_of(ChunkRow& found) const;
  void note_rest(Transaction& transaction);
  void note_rest_of(Transaction& transaction, const KnownRun& run, Stream stream);
  const Books* books_of(const KnownRun& run, Stream stream) const;
  bool has_books(const KnownRun& run) const;
  void note(Transaction& transaction, const KnownRun& run, const Missing& missing);
  // The next page, layer or pass.
  void turn_page();

  std::string path_;
  PageFile file_;
  RunId current_;
  Place place_;
  Place next_;
  std::map<std::int64_t, Run> runs_;   // by their rows in the damaged one
  std::map<std::int64_t, Run> names_;  // those of the index
  std::vector<KnownRun> all_here_;     // with those that the new one knew by itself
  std::map<BooksKey, Books> books_;
  std::vector<SettledRun> closed_;
  std::map<BooksKey, std::uint64_t> readings_;  // of the step that is not committed yet
  std::uint64_t chunks_in_step_ = 0;
  Written written_in_step_;
  std::uint64_t chunks_ = 0;
  bool has_loss_ = false;
  bool has_orphans_ = false;  // records of runs that nothing is known of
};

}  // namespace sluice::storage
