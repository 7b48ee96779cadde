#include "storage/salvage.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/database.hpp"
#include "storage/set_aside.hpp"
#include "storage/sqlite.hpp"
#include "tests/sim/random.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 512;
// The first page of each table comes before this.
constexpr std::size_t kBehindBooks = 30 * 1024;

}  // namespace

// Run 1 has ended with chunks of two streams, some of them delivered; run 2 was cut off with chunks
// and a hot tail, a part of both in the log.
TEST_GROUP(Salvage) {
  Buffer buffer;
  std::map<ChunkKey, ChunkHeader> stored;  // what was pending
  std::string content;                     // of the file, of the log, and of both in one file
  std::string log;
  std::string merged;
  std::string mark;
  std::optional<Reader> reader;  // the uplink's

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
    for (int i = 0; i < 12; ++i) {
      CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5, 100 + 300 * i, i)}).ok());
      if (i % 4 == 0) CHECK_TRUE(buffer.commit({chunk_of(Stream::kEvent, 2, 80)}).ok());
    }
    CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 3)})).ok());
    buffer.erase_kept();
    CHECK_TRUE(buffer.end_run().ok());
    buffer.stop();
    CHECK_TRUE(buffer.start(2).ok());
    for (int i = 0; i < 6; ++i) {
      CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 7, 1'500, 100 * i)}).ok());
    }
    for (int i = 0; i < 4; ++i) CHECK_TRUE(buffer.commit_frame(3, 1'000 + i).ok());
    for (const Stream stream : {Stream::kRaw, Stream::kEvent}) {
      std::uint64_t after = 0;
      for (const ChunkHeader& header : buffer.pending_behind(stream, after)) {
        stored[header.key] = header;
      }
    }
    buffer.lose_power();
    content = read(buffer.options.path);
    log = read(buffer.options.path + "-wal");
    mark = read(buffer.options.path + ".watermark");
    CHECK_TRUE(
        Connection::open(buffer.options.path, Access::kWrite)->integer("PRAGMA user_version").ok());
    merged = read(buffer.options.path);
  }
  static std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& database, const std::string& wal) {
    reader.reset();
    buffer.stop();
    for (const auto& entry : fs::directory_iterator(fs::path(buffer.options.path).parent_path())) {
      fs::remove(entry.path());
    }
    buffer.folder().write("buffer.db.watermark", mark);
    std::ofstream(buffer.options.path, std::ios::binary) << database;
    if (!wal.empty()) std::ofstream(buffer.options.path + "-wal", std::ios::binary) << wal;
  }
  void forget_watermark() {
    fs::remove(buffer.options.path + ".watermark");
  }
  // Without looking at what is there: it may be damaged.
  void commit_surely() {
    Commit commit;
    commit.chunks = {chunk_of(Stream::kRaw, 1)};
    for (int i = 0; !buffer.store().commit(commit).ok(); ++i) {
      CHECK_TRUE(i < 5 && buffer.store().failed());
      const Result<Reopened> outcome = buffer.store().reopen();
      CHECK_TRUE(outcome.ok());
      if (*outcome == Reopened::kWith) return;
    }
  }
  // What the gateway does all the time: opens a store again that has failed, salvages, and looks
  // where the uplink meets damage.
  void heal() {
    bool whole = false;
    for (int i = 0; !whole; ++i) {
      CHECK_TRUE(i < 100);
      if (buffer.store().failed()) CHECK_TRUE(buffer.store().reopen().ok());
      while (buffer.store().salvaging() && buffer.store().salvage().ok()) {
      }
      whole = !buffer.store().failed() && buffer.store().audit().ok() && read_through();
    }
  }
  bool read_through() {
    if (!reader) reader.emplace(buffer.reader());
    for (const Stream stream : {Stream::kRaw, Stream::kEvent}) {
      std::uint64_t after = 0;
      for (;;) {
        const auto chunks = reader->pending(stream, after, 10'000);
        if (!chunks.ok() || chunks->empty()) break;
        after = chunks->back().position;
      }
    }
    const std::vector<Suspect> suspects = reader->take_suspects();
    for (const Suspect& suspect : suspects) {
      if (!buffer.store().examine(suspect).ok()) break;
    }
    return suspects.empty();
  }
  // Those of the earlier runs that are pending again; each is as it was.
  std::size_t survivors() {
    std::size_t count = 0;
    for (const Stream stream : {Stream::kRaw, Stream::kEvent}) {
      std::uint64_t after = 0;
      for (const ChunkHeader& header : buffer.pending_behind(stream, after)) {
        const auto known = stored.find(header.key);
        if (known == stored.end()) continue;
        CHECK_TRUE(known->second.crc == header.crc);
        ++count;
      }
    }
    return count;
  }
  std::vector<Missing> missing() {
    std::vector<Missing> all;
    for (;;) {
      const Result<std::vector<Missing>> some = buffer.store().missing();
      CHECK_TRUE(some.ok());
      if (some->empty()) return all;
      all.insert(all.end(), some->begin(), some->end());
      CHECK_TRUE(buffer.store().declare(*some, chunk_of(Stream::kEvent, 1)).ok());
    }
  }
  // As missing, or by the restart gap that a run gets which did not say goodbye.
  bool is_declared(const ChunkHeader& chunk, const std::vector<Missing>& all) {
    const ChunkKey& key = chunk.key;
    const auto runs = buffer.store().earlier_runs();
    CHECK_TRUE(runs.ok());
    const bool restart = std::any_of(runs->begin(), runs->end(), [&](const EarlierRun& run) {
      return run.run == key.run && !run.ended && run.last_durable <= chunk.last;
    });
    return restart || std::any_of(all.begin(), all.end(), [&](const Missing& lost) {
             const bool of_run = lost.run == key.run || lost.run == RunId{};
             const bool of_keys =
                 lost.first_seq == 0 || (lost.stream == key.stream && lost.first_seq <= key.seq &&
                                         lost.last_seq >= key.seq);
             return of_run && of_keys;
           });
  }
  // Whatever has become of the files: it starts, what is pending is as it was, what is not is
  // declared, nothing is given a key that was given before, and the books balance.
  std::size_t check_all() {
    CHECK_TRUE(buffer.start(9).ok());
    commit_surely();
    heal();
    const std::size_t count = survivors();
    const std::vector<Missing> declared = missing();
    std::vector<ChunkKey> pending;
    for (const Stream stream : {Stream::kRaw, Stream::kEvent}) {
      std::uint64_t after = 0;
      for (const ChunkHeader& header : buffer.pending_behind(stream, after)) {
        pending.push_back(header.key);
      }
    }
    for (const auto& [key, header] : stored) {
      const bool there = std::find(pending.begin(), pending.end(), key) != pending.end();
      CHECK_TRUE(there || is_declared(header, declared));
    }
    CHECK_TRUE(balances(buffer.store().totals()));
    return count;
  }
};

TEST(Salvage, a_whole_database_is_not_set_aside) {
  CHECK_TRUE(check_all() == stored.size());
  CHECK_TRUE(databases_set_aside(buffer.options.path).empty());
  CHECK_FALSE(fs::exists(buffer.options.path + ".salvaged"));
}

TEST(Salvage, a_database_without_its_head_loses_no_chunk_and_no_frame) {
  put(std::string(100, '!') + merged.substr(100), "");
  CHECK_TRUE(check_all() == stored.size());
  std::uint64_t frames = 0;
  const auto runs = buffer.store().earlier_runs();
  CHECK_TRUE(runs.ok());
  for (const EarlierRun& run : *runs) frames += run.frames.size();
  CHECK_TRUE(frames == 4);
  CHECK_TRUE(buffer.store().totals().pending == 9 * 5 + 6 * 7 + 4 * 3 + 1);
  CHECK_TRUE(buffer.store().totals().delivered == 15);
}

// In safe mode the file may be why the program crashes, so it is not read.
TEST(Salvage, waits_for_a_start_that_does_not_suspect_the_database) {
  put(content, log);
  buffer.options.earlier = Options::Earlier::kSetAside;
  CHECK_TRUE(buffer.start(3).ok());
  CHECK_TRUE(buffer.store().salvaging());
  for (int i = 0; i < 3; ++i) CHECK_TRUE(buffer.store().salvage().ok());
  CHECK_TRUE(missing().empty());
  CHECK_EQUAL(0U, survivors());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  buffer.stop();
  buffer.options.earlier = Options::Earlier::kLeave;
  CHECK_TRUE(buffer.start(4).ok());
  CHECK_EQUAL(1U, databases_set_aside(buffer.options.path).size());
  CHECK_TRUE(buffer.store().salvaging());
  buffer.stop();
  buffer.options.earlier = Options::Earlier::kUse;
  CHECK_TRUE(check_all() == stored.size());
  CHECK_TRUE(missing().empty());
}

TEST(Salvage, what_is_taken_over_counts_as_written_by_class) {
  std::uint64_t raw = 0;
  for (int i = 3; i < 12; ++i) raw += 100 + 300 * static_cast<std::uint64_t>(i);
  put(std::string(100, '!') + merged.substr(100), "");
  CHECK_TRUE(buffer.start(9).ok());
  const Written before = buffer.store().written();
  CHECK_TRUE(before.frames == 0 && before.chunks[2] == 0);
  heal();
  const Written after = buffer.store().written();
  CHECK_TRUE(after.frames == 4 * frame_of(3).bytes.size());
  CHECK_TRUE((after.chunks == std::array<std::uint64_t, kStreamCount>{3 * 80, 0, raw + 6 * 1'500}));
  CHECK_TRUE(after.log > before.log + raw + 6 * 1'500);
}

TEST(Salvage, what_was_delivered_before_is_not_declared) {
  put(std::string(100, '!') + merged.substr(100), "");
  CHECK_TRUE(buffer.start(9).ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  heal();
  // Only that there may have been more frames is not known.
  const std::vector<Missing> declared = missing();
  CHECK_TRUE(declared.size() == 1);
  CHECK_TRUE(declared[0].run == run_number(2) && declared[0].first_seq == 0);
}

TEST(Salvage, an_acknowledgement_of_before_and_after_is_believed) {
  put(std::string(100, '!') + merged.substr(100), "");
  CHECK_TRUE(buffer.start(9).ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  heal();
  const Result<AckOutcome> outcome = buffer.store().acknowledge(ack_of({buffer.held(1, 12)}));
  CHECK_TRUE(outcome.ok() && !outcome->refused);
  CHECK_TRUE(outcome->settled_chunks == 9);
}

TEST(Salvage, what_was_kept_is_sent_once_more_and_closed_runs_are_closed_again) {
  put(merged, "");
  CHECK_TRUE(buffer.start(9).ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 5)})).ok());
  {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(connection->run("INSERT INTO closed VALUES (1, zeroblob(16), 2, 0, 3, 0, 0)").ok());
  }
  CHECK_TRUE(buffer.store().totals().kept_chunks == 2);
  buffer.stop();
  CHECK_TRUE(Connection::open(buffer.options.path, Access::kWrite)->integer("SELECT 1").ok());
  const std::string later = read(buffer.options.path);
  put(std::string(100, '!') + later.substr(100), "");
  CHECK_TRUE(buffer.start(8).ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  heal();
  CHECK_TRUE(buffer.store().totals().kept_chunks == 0);
  CHECK_TRUE(buffer.pending(Stream::kRaw).size() == 9 + 6 + 1);
  CHECK_TRUE(buffer.store().totals().delivered == 15);
  const std::vector<SettledRun> closed = *buffer.store().settled_runs();
  CHECK_TRUE(closed.size() == 1 && closed[0].run == RunId{});
  CHECK_TRUE(
      (closed[0].streams == std::vector<SettledRun::Keys>{{Stream::kEvent, 2}, {Stream::kRaw, 3}}));
}

TEST(Salvage, every_block_may_be_damaged) {
  sim::Random random(7);
  for (std::size_t at = 0; at < merged.size(); at += kBlock) {
    for (const bool zero : {true, false}) {
      std::string damaged = merged;
      for (std::size_t i = at; i < std::min(at + kBlock, damaged.size()); ++i) {
        damaged[i] = zero ? '\0' : static_cast<char>(random.below(256));
      }
      put(damaged, "");
      // No more is lost than begins on one page, or goes through it.
      CHECK_TRUE(check_all() + 6 >= stored.size());
    }
  }
}

TEST(Salvage, every_block_of_the_log_may_be_damaged) {
  for (std::size_t at = 0; at < log.size(); at += kBlock) {
    std::string damaged = log;
    for (std::size_t i = at; i < std::min(at + kBlock, damaged.size()); ++i) damaged[i] = '!';
    put(content, damaged);
    check_all();
  }
}

TEST(Salvage, the_file_may_be_cut_off_anywhere) {
  for (std::size_t size = 0; size < content.size(); size += 5 * kBlock) {
    put(content.substr(0, size), log);
    check_all();
  }
}

TEST(Salvage, the_log_may_be_gone) {
  put(content, "");
  check_all();
}

TEST(Salvage, the_database_may_be_gone_and_the_log_there) {
  put("", log);
  check_all();
}

TEST(Salvage, a_file_of_something_else_is_set_aside_unchanged) {
  const std::string foreign(5'000, '!');
  put(foreign, "");
  forget_watermark();
  stored.clear();
  CHECK_TRUE(buffer.start(9).ok());
  CHECK_TRUE(read(buffer.options.path + ".damaged-1") == foreign);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  heal();
  CHECK_TRUE(missing().at(0).run == RunId{});
  CHECK_TRUE(read(buffer.options.path + ".foreign") == foreign);
}

TEST(Salvage, what_may_be_another_programs_is_kept_whatever_its_size) {
  const std::string foreign(100'000, '!');
  put(foreign, "");
  buffer.options.quota_bytes = 8 * (foreign.size() / 2);
  CHECK_TRUE(buffer.start(9).ok());
  heal();
  CHECK_TRUE(read(buffer.options.path + ".foreign") == foreign);
}

TEST(Salvage, without_a_watermark_losses_are_declared_too) {
  sim::Random random(3);
  for (int i = 0; i < 60; ++i) {
    std::string damaged = content;
    const auto at = static_cast<std::size_t>(random.below(content.size() / kBlock)) * kBlock;
    for (std::size_t j = at; j < std::min(at + 8 * kBlock, damaged.size()); ++j) damaged[j] = '?';
    damaged.replace(0, 16, 16, '?');
    put(damaged, log);
    forget_watermark();
    check_all();
  }
}

TEST(Salvage, begins_again_after_a_power_cut) {
  put(std::string(100, '!') + merged.substr(100), "");
  CHECK_TRUE(buffer.start(8).ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(buffer.store().salvage().ok());
  CHECK_TRUE(buffer.store().salvage().ok());
  buffer.lose_power();
  CHECK_TRUE(check_all() == stored.size());
  CHECK_TRUE(buffer.store().totals().delivered == 15);
}

TEST(Salvage, a_running_store_goes_on_in_a_fresh_database) {
  CHECK_TRUE(buffer.start(3).ok());
  // So many that the store cannot have all pages in its memory.
  for (int i = 0; i < 40; ++i) {
    CHECK_TRUE(buffer.commit(std::vector(10, chunk_of(Stream::kRaw, 1, 1'500))).ok());
  }
  {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(connection.ok() && empty_log(*connection).ok());
  }
  std::uint64_t after = 0;
  for (const ChunkHeader& header : buffer.pending_behind(Stream::kRaw, after)) {
    stored[header.key] = header;
  }
  reader.emplace(buffer.reader());
  // Everything behind the books is overwritten under the store, and the log is empty.
  const std::string now = read(buffer.options.path);
  {
    std::fstream file(buffer.options.path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(kBehindBooks);
    file << std::string(now.size() - kBehindBooks, '?');
  }
  heal();
  CHECK_TRUE(fs::exists(buffer.options.path + ".salvaged"));
  commit_surely();
  const std::vector<Missing> declared = missing();
  std::vector<std::uint64_t> seqs;
  after = 0;
  for (const ChunkHeader& header : buffer.pending_behind(Stream::kRaw, after)) {
    if (header.key.run == run_number(3)) seqs.push_back(header.key.seq);
  }
  std::sort(seqs.begin(), seqs.end());
  CHECK_TRUE(std::adjacent_find(seqs.begin(), seqs.end()) == seqs.end());
  CHECK_TRUE(!seqs.empty() && seqs.back() == 401);
}
