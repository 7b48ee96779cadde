#include "storage/salvage.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "storage/chunk_table.hpp"
#include "storage/closed_table.hpp"
#include "storage/missing_table.hpp"

namespace sluice::storage {
namespace {

// One piece: about the pages read, and the bytes written of them. With 50 pieces a second some
// megabytes a second, and the commits of the running gateway wait for a piece at most.
constexpr std::uint64_t kPagesPerStep = 1024;
constexpr std::uint64_t kBytesPerStep = 128 * 1024;

// More than this are not ours; nothing of the others is taken.
constexpr std::size_t kRunsMax = 4096;

}  // namespace

void Salvage::step(Transaction& transaction) {
  readings_.clear();
  chunks_in_step_ = 0;
  written_in_step_ = {};
  next_ = place_;
  if (place_.pass == Pass::kRest) {
    note_rest(transaction);
    next_.pass = Pass::kDone;
    return;
  }
  std::uint64_t bytes = 0;
  const std::uint64_t read = file_.pages_read();
  while (file_.pages_read() - read < kPagesPerStep && bytes < kBytesPerStep) {
    for_each_row(file_, next_.layer, next_.page, [&](const PageRow& row) {
      if (place_.pass == Pass::kRuns) {
        learn(row);
      } else {
        bytes += take(transaction, row);
      }
    });
    turn_page();
    if (next_.pass != place_.pass) break;
  }
  if (place_.pass == Pass::kRuns && next_.pass != place_.pass) add_runs(transaction);
}

Written Salvage::committed() {
  for (const auto& [key, readings] : readings_) {
    const auto books = books_.find(key);
    if (books != books_.end()) books->second.salvaged += readings;
  }
  readings_.clear();
  chunks_ += chunks_in_step_;
  place_ = next_;
  return written_in_step_;
}

void Salvage::skip() {
  has_loss_ = true;
  place_ = next_;
}

void Salvage::turn_page() {
  if (++next_.page <= file_.page_count()) return;
  next_.page = 2;
  if (next_.layer == Layer::kNewest && file_.has_log()) {
    next_.layer = Layer::kFile;
    return;
  }
  next_.layer = Layer::kNewest;
  next_.pass = next_.pass == Pass::kRuns ? Pass::kRecords : Pass::kRest;
}

// The newest of what there is twice comes first.
void Salvage::learn(const PageRow& row) {
  if (const std::optional<RunRow> run = run_row(row); run && runs_.size() < kRunsMax) {
    runs_.try_emplace(run->row, Run{*run, std::nullopt});
  } else if (const std::optional<RunRow> name = run_name_row(row);
             name && names_.size() < kRunsMax) {
    names_.try_emplace(name->row, Run{*name, std::nullopt});
  } else if (const std::optional<StreamRow> books = stream_row(row)) {
    if (books_.size() < kRunsMax * kStreamCount) {
      books_.try_emplace({books->run, books->stream}, Books{*books, 0});
    }
  } else if (std::optional<SettledRun> closed = closed_row(row);
             closed && closed_.size() < static_cast<std::size_t>(kClosedRunsMax)) {
    closed_.push_back(std::move(*closed));
  }
}

void Salvage::add_runs(Transaction& transaction) {
  // Of these the id is known at least, and with it their chunks.
  runs_.merge(names_);
  for (auto& [row, run] : runs_) {
    run.here = find_run(transaction, run.row.id);
    if (!run.here) run.here = add_run(transaction, run.row.id, "", run.row.last_durable);
    complete_run(transaction, *run.here, run.row);
  }
  for (const auto& [key, books] : books_) {
    const auto owner = runs_.find(key.first);
    if (owner == runs_.end()) continue;
    const StreamRow& row = books.row;
    // What was kept comes as if it were pending, and is delivered again: who has it drops it.
    put_books(transaction, *owner->second.here, row.stream, row.last_seq, row.delivered - row.kept,
              row.dropped);
  }
  for (const SettledRun& run : closed_) put_closed(transaction, run);
  all_here_ = all_runs(transaction);
}

std::uint64_t Salvage::take(Transaction& transaction, const PageRow& row) {
  if (std::optional<ChunkRow> chunk = chunk_row(row)) {
    return take_chunk(transaction, std::move(*chunk));
  }
  const std::optional<FrameRow> frame = frame_row(row);
  return frame ? take_frame(transaction, *frame) : 0;
}

std::uint64_t Salvage::take_chunk(Transaction& transaction, ChunkRow found) {
  const KnownRun* const owner = owner_of(found);
  has_orphans_ = has_orphans_ || (owner == nullptr && !runs_.contains(found.run));
  if (owner == nullptr) return 0;
  const Pin pin = found.pinned ? Pin::kYes : Pin::kNo;
  if (!put_chunk(transaction, *owner, found.chunk, pin)) return 0;
  ++chunks_in_step_;
  written_in_step_.add_chunk(found.chunk.header.key.stream, found.chunk.bytes.size());
  if (found.chunk.header.key.stream == Stream::kRaw) {
    readings_[{found.run, Stream::kRaw}] += found.chunk.header.count;
  }
  return found.chunk.bytes.size();
}

const KnownRun* Salvage::owner_of(ChunkRow& found) const {
  ChunkHeader& header = found.chunk.header;
  const auto fits = [&](const KnownRun& run) {
    header.key.run = run.run;
    return checksum_of(header, found.chunk.bytes) == header.crc;
  };
  const auto stated = runs_.find(found.run);
  if (stated != runs_.end() && fits(*stated->second.here)) return &*stated->second.here;
  const auto other = std::find_if(all_here_.begin(), all_here_.end(), fits);
  return other != all_here_.end() ? &*other : nullptr;
}

std::uint64_t Salvage::take_frame(Transaction& transaction, const FrameRow& frame) {
  const auto owner = runs_.find(frame.run);
  has_orphans_ = has_orphans_ || owner == runs_.end();
  if (owner == runs_.end() || owner->second.row.id == current_) return 0;
  // Sealed since, or there twice.
  const KnownRun& run = *owner->second.here;
  if (frame.commit <= sealed_commit_of(transaction, run) ||
      has_frame(transaction, run, frame.commit)) {
    return 0;
  }
  Frame found;
  found.count = frame.count;
  found.last = frame.last;
  found.bytes.assign(frame.bytes.begin(), frame.bytes.end());
  add_frame(transaction, run, found, frame.commit);
  written_in_step_.frames += frame.bytes.size();
  return frame.bytes.size();
}

void Salvage::note_rest(Transaction& transaction) {
  for (const KnownRun& run : all_here_) {
    for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
      note_rest_of(transaction, run, static_cast<Stream>(stream));
    }
  }
  for (const auto& [row, run] : runs_) {
    // How many frames there were is not known.
    const bool had_tail = run.row.state == 0 && run.row.id != current_;
    if (had_tail) {
      note(transaction, *run.here,
           {run.row.id, Stream::kRaw, 0, 0, 0, run.row.last_durable, Instant::max()});
    }
  }
  if (!runs_.empty() && !has_orphans_) return;
  // There were others, and nothing is known of them.
  const RunId nobody;
  const std::optional<KnownRun> known = find_run(transaction, nobody);
  const KnownRun unknown = known ? *known : add_run(transaction, nobody, "", Instant{});
  end_run(transaction, unknown, RunEnd::kRecovered);
  note(transaction, unknown, {nobody, Stream::kRaw, 0, 0, 0, Instant{}, Instant::max()});
}

void Salvage::note_rest_of(Transaction& transaction, const KnownRun& run, Stream stream) {
  const std::vector<Interval> holes = holes_in(transaction, run, stream);
  const Books* const books = books_of(run, stream);
  std::uint64_t keys = 0;
  for (const Interval& hole : holes) keys += hole.last - hole.first + 1;
  const std::uint64_t chunks =
      books != nullptr ? books->row.pending_chunks + books->row.kept_chunks : 0;
  // As many as were not there: then they were settled or declared, and nobody has to hear of it.
  const bool whole = books != nullptr && books->row.undeclared_chunks == 0 &&
                     keys == books->row.last_seq - chunks &&
                     (holes.empty() || holes.back().last <= books->row.last_seq);
  for (const Interval& hole : holes) {
    const Missing missing{run.run, stream, hole.first, hole.last, 0, Instant{}, Instant::max()};
    if (whole) {
      note_settled_unseen(transaction, run, missing);
    } else {
      note(transaction, run, missing);
    }
  }
  if (stream != Stream::kRaw || whole) return;
  // Those that were kept were among them, and which are left nobody can tell.
  const std::uint64_t kept = books != nullptr ? books->row.kept : 0;
  const bool counted = books != nullptr && kept == 0 && books->row.pending >= books->salvaged;
  const std::uint64_t readings = counted ? books->row.pending - books->salvaged : 0;
  // Of the current run every key is known; of another one there may have been more.
  const bool may_be_more = books == nullptr
                               ? run.run != current_ && (!holes.empty() || !has_books(run))
                               : kept > 0 && books->salvaged < kept + books->row.pending;
  if (readings == 0 && !may_be_more) return;
  note(transaction, run, {run.run, stream, 0, 0, readings, Instant{}, Instant::max()});
}

bool Salvage::has_books(const KnownRun& run) const {
  for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
    if (books_of(run, static_cast<Stream>(stream)) != nullptr) return true;
  }
  return false;
}

const Salvage::Books* Salvage::books_of(const KnownRun& run, Stream stream) const {
  for (const auto& [key, books] : books_) {
    const auto owner = runs_.find(key.first);
    if (key.second == stream && owner != runs_.end() && owner->second.row.id == run.run) {
      return &books;
    }
  }
  return nullptr;
}

void Salvage::note(Transaction& transaction, const KnownRun& run, const Missing& missing) {
  has_loss_ = true;
  note_missing(transaction, run, missing);
}

}  // namespace sluice::storage
