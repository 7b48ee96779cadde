#include "storage/quota.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "storage/database.hpp"
#include "storage/set_aside.hpp"
#include "storage/settlement.hpp"
#include "tests/storage/buffer.hpp"
#include "tests/storage/fake_disk.hpp"
#include "tests/storage/faulty_vfs.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(Quota) {
  Buffer buffer;

  static constexpr std::uint64_t kMiB = 1024 * 1024;

  std::uint64_t bytes_on_disk() const {
    std::uint64_t bytes = 0;
    for (const char* const end : {"", "-wal", ".reserve"}) {
      std::error_code absent;
      const std::uintmax_t size = std::filesystem::file_size(buffer.options.path + end, absent);
      bytes += absent ? 0 : size;
    }
    return bytes + bytes_set_aside(buffer.options.path);
  }
  std::int64_t pages() const {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kRead);
    return connection->integer("PRAGMA page_count")->value_or(0);
  }
  bool has_reserve() const {
    return std::filesystem::exists(buffer.options.path + ".reserve");
  }
  void start(std::uint64_t quota_bytes) {
    buffer.options.quota_bytes = quota_bytes;
    CHECK_TRUE(buffer.start(1).ok());
  }
  void start_again() {
    CHECK_TRUE(buffer.start(2).ok());
  }
  void start_with_damage() {
    buffer.stop();
    std::fstream(buffer.options.path, std::ios::in | std::ios::out) << std::string(100, '!');
    start_again();
    CHECK_TRUE(buffer.store().salvaging());
  }
  void deliver_all(std::uint8_t run) {
    static_cast<void>(buffer.learn());
    std::vector<Interval> held;
    std::uint64_t after = 0;
    for (const ChunkHeader& header : buffer.pending_behind(Stream::kRaw, after)) {
      const std::uint64_t seq = header.key.seq;
      if (header.key.run == run_number(run)) held.push_back(buffer.held(seq, seq, run));
    }
    std::sort(held.begin(), held.end(),
              [](const Interval& a, const Interval& b) { return a.first < b.first; });
    bool unfinished = !held.empty();
    while (unfinished) {
      const Result<AckOutcome> outcome = buffer.store().acknowledge(ack_of(held, {}, run));
      CHECK_TRUE(outcome.ok() && !outcome->refused);
      unfinished = outcome->unfinished;
    }
  }
  void acknowledge(const Ack& ack) {
    bool unfinished = true;
    while (unfinished) {
      const Result<AckOutcome> outcome = buffer.store().acknowledge(ack);
      CHECK_TRUE(outcome.ok() && !outcome->refused);
      unfinished = outcome->unfinished;
    }
  }
  std::vector<Drop> make_room() {
    const Result<std::vector<Drop>> drops = buffer.store().make_room();
    CHECK_TRUE(drops.ok());
    CHECK_TRUE(balances(buffer.store().totals()));
    return *drops;
  }
  // Drops what has to go; the stream of each piece, in order.
  std::vector<Stream> drop_all() {
    std::vector<Stream> streams;
    for (std::vector<Drop> drops = make_room(); !drops.empty(); drops = make_room()) {
      for (const Drop& drop : drops) streams.push_back(drop.stream);
      CHECK_TRUE(streams.size() < 1'000);
    }
    return streams;
  }
  std::vector<Drop> undeclared() {
    const Result<std::vector<Drop>> drops = buffer.store().undeclared();
    CHECK_TRUE(drops.ok());
    return *drops;
  }
  Result<> declare(std::vector<Drop> drops) {
    return buffer.store().declare(drops, chunk_of(Stream::kEvent, 1));
  }
};

TEST(Quota, nothing_has_to_go_while_it_holds) {
  start(4 * kMiB);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 1'000)}).ok());
  CHECK_TRUE(make_room().empty());
}

TEST(Quota, what_was_asked_for_outlasts_other_readings) {
  start(4 * kMiB);
  Commit commit;
  commit.recordings = {{"", instant_from_ns(0), instant_from_ns(20)}};
  commit.chunks = {chunk_of(Stream::kRaw, 10, 10'000, 0)};
  CHECK_TRUE(buffer.store().commit(commit).ok());
  std::vector<Drop> drops;
  for (int i = 1; i < 1'000 && drops.empty(); ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000, 100 * i)}).ok());
    drops = make_room();
  }
  CHECK_TRUE(drops.size() == 1 && drops[0].first_seq == 2);
  CHECK_TRUE(buffer.pending().front() == 1);
}

TEST(Quota, what_was_asked_for_has_no_more_room_than_the_others) {
  start(4 * kMiB);
  Commit commit;
  commit.recordings = {{"", instant_from_ns(1'000), Instant::max()}};
  commit.chunks = {chunk_of(Stream::kRaw, 10, 10'000, 0)};
  CHECK_TRUE(buffer.store().commit(commit).ok());
  std::vector<Drop> drops;
  for (int i = 20; i < 1'000 && drops.empty(); ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000, 100 * i)}).ok());
    drops = make_room();
  }
  // What is measured now does not make way for it.
  CHECK_TRUE(drops.size() == 1 && drops[0].first_seq == 2);
  CHECK_TRUE(buffer.pending().front() == 1);
}

TEST(Quota, the_oldest_go_first_and_no_more_than_need_be) {
  start(2 * kMiB);
  std::vector<Drop> drops;
  for (int i = 0; i < 500 && drops.empty(); ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000)}).ok());
    drops = make_room();
  }
  CHECK_TRUE(drops.size() == 1);
  const Drop& drop = drops.front();
  CHECK_TRUE(drop.run == run_number(1));
  CHECK_TRUE(drop.first_seq == 1);
  CHECK_TRUE(drop.last_seq < 20);
  CHECK_TRUE(drop.readings == 10 * drop.last_seq);
  CHECK_TRUE(drop.first == instant_from_ns(0));
  CHECK_TRUE(drop.last == instant_from_ns(10));
  CHECK_TRUE(drop.reason == GapReason::kQuota);
  drop_all();
  CHECK_TRUE(buffer.pending().front() == drop.last_seq + 1);
}

TEST(Quota, an_endless_outage_never_takes_more_than_the_quota) {
  start(4 * kMiB);
  std::uint64_t peak = 0;
  for (int i = 0; i < 1'500; ++i) {
    const std::size_t bytes = i % 50 == 49 ? 100'000 : 6'000;  // now and then a burst
    std::vector<SealedChunk> seal(i % 7 == 0 ? 64 : 3, chunk_of(Stream::kRaw, 10, bytes / 50));
    seal.push_back(chunk_of(Stream::kRaw, 10, bytes));
    CHECK_TRUE(buffer.store().commit({frame_of(10), {}, false, false}).ok());
    peak = std::max(peak, bytes_on_disk());
    Commit commit;
    commit.chunks = seal;
    commit.drop_frames = true;
    CHECK_TRUE(buffer.store().commit(commit).ok());
    peak = std::max(peak, bytes_on_disk());
    static_cast<void>(make_room());
    peak = std::max(peak, bytes_on_disk());
  }
  CHECK_TRUE(buffer.store().totals().dropped > 10'000);
  CHECK_TRUE(peak <= 4 * kMiB);
  CHECK_TRUE(peak >= 11 * kMiB / 4);  // it is there to be used
  CHECK_TRUE(undeclared().size() == 1);
}

TEST(Quota, a_reader_that_stays_does_not_let_the_log_grow_beyond_it) {
  start(4 * kMiB);
  Result<Connection> reader = Connection::open(buffer.options.path, Access::kRead);
  CHECK_TRUE(reader->run("BEGIN").ok() && reader->integer("SELECT count(*) FROM run").ok());
  Result<> committed = Ok{};
  for (int i = 0; i < 1'000 && committed.ok(); ++i) {
    Commit commit;
    commit.chunks = {chunk_of(Stream::kRaw, 10, 10'000)};
    committed = buffer.store().commit(commit);
    CHECK_TRUE(bytes_on_disk() <= 4 * kMiB);
  }
  CHECK_TRUE(failed_with(committed, ErrorCode::kTimeout));
  CHECK_FALSE(buffer.store().failed());
  CHECK_TRUE(reader->run("ROLLBACK").ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000)}).ok());
}

TEST(Quota, what_is_drained_takes_no_more_than_the_quota) {
  start(4 * kMiB);
  const std::vector<SealedChunk> seal(64, chunk_of(Stream::kRaw, 10, 100));
  for (int i = 0; i < 250; ++i) {
    CHECK_TRUE(buffer.commit(seal).ok());
    drop_all();
  }
  CHECK_TRUE(buffer.store().totals().dropped > 0);
  const std::vector<std::uint64_t> pending = buffer.pending();
  CHECK_TRUE(pending.size() > kSettledChunksMax);
  const Ack all = ack_of({buffer.held(pending.front(), pending.back())});
  bool unfinished = true;
  while (unfinished) {
    const Result<AckOutcome> outcome = buffer.store().acknowledge(all);
    CHECK_TRUE(outcome.ok() && outcome->settled_chunks > 0);
    unfinished = outcome->unfinished;
    CHECK_TRUE(bytes_on_disk() <= 4 * kMiB);
  }
  CHECK_TRUE(buffer.pending().empty());
}

TEST(Quota, the_file_shrinks_bit_by_bit_once_an_outage_is_over) {
  start(32 * kMiB);
  for (int i = 0; i < 500; ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 20'000)}).ok());
  }
  // The last ones, at the end of the file, have to move.
  acknowledge(ack_of({buffer.held(1, 450)}));
  buffer.erase_kept();
  const std::int64_t full = pages();
  Commit seal;
  seal.chunks = {chunk_of(Stream::kRaw, 10, 100)};
  seal.drop_frames = true;
  std::int64_t most = 0;
  for (int i = 0; i < 200; ++i) {
    const std::int64_t before = pages();
    CHECK_TRUE(buffer.store().commit(seal).ok());
    most = std::max(most, before - pages());
  }
  CHECK_TRUE(most > 0 && most <= 65);  // one in 200 is of the map of pages
  CHECK_TRUE(full > 10'000);
  CHECK_TRUE(pages() < 2'500);  // 1,000 hold something, 1,024 are kept
  CHECK_TRUE(bytes_on_disk() < to_unsigned(full) * kPageBytes / 2);
}

TEST(Quota, a_smaller_quota_is_kept_bit_by_bit) {
  start(32 * kMiB);
  for (int i = 0; i < 500; ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 20'000)}).ok());
  }
  CHECK_TRUE(buffer.commit_frame(10).ok());
  buffer.lose_power();
  buffer.options.quota_bytes = 4 * kMiB;
  start_again();
  const std::vector<SealedChunk> tail = {chunk_of(Stream::kRaw, 10, 400'000)};
  CHECK_TRUE(buffer.store().recover(run_number(1), tail, {}).ok());
  for (int i = 0; i < 500; ++i) {
    static_cast<void>(make_room());
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 1'000)}).ok());
  }
  CHECK_TRUE(bytes_on_disk() <= 4 * kMiB);
  CHECK_TRUE(buffer.store().totals().pending > 0);
}

TEST(Quota, what_is_set_aside_is_within_it_and_waits_for_room) {
  start(8 * kMiB);
  for (int i = 0; i < 60; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 50'000)}).ok());
  start_with_damage();
  std::uint64_t peak = 0;
  const auto go_on = [&] {
    CHECK_TRUE(buffer.store().salvage().ok());
    peak = std::max(peak, bytes_on_disk());
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 100)}).ok());
    CHECK_TRUE(make_room().empty());
    peak = std::max(peak, bytes_on_disk());
  };
  for (int i = 0; i < 200; ++i) go_on();
  CHECK_TRUE(buffer.store().salvaging());
  for (int i = 0; i < 200 && buffer.store().salvaging(); ++i) {
    deliver_all(1);
    go_on();
  }
  CHECK_FALSE(buffer.store().salvaging());
  deliver_all(1);
  CHECK_TRUE(peak <= 8 * kMiB);
  CHECK_TRUE(buffer.store().totals().delivered == 600);
  CHECK_TRUE(buffer.store().totals().dropped == 0);
}

TEST(Quota, what_was_salvaged_goes_before_any_reading) {
  start(8 * kMiB);
  for (int i = 0; i < 10; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 50'000)}).ok());
  start_with_damage();
  while (buffer.store().salvaging()) CHECK_TRUE(buffer.store().salvage().ok());
  std::uint64_t peak = 0;
  std::vector<Drop> drops;
  bool kept = true;
  for (int i = 0; i < 500 && drops.empty(); ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 50'000)}).ok());
    peak = std::max(peak, bytes_on_disk());
    kept = std::filesystem::exists(buffer.options.path + ".salvaged");
    CHECK_TRUE(kept || i > 50);
    drops = make_room();
  }
  CHECK_TRUE(!drops.empty() && !kept);
  CHECK_TRUE(peak <= 8 * kMiB);
}

TEST(Quota, a_commit_that_its_log_cannot_hold_is_refused) {
  start(4 * kMiB);
  CHECK_TRUE(failed_with(buffer.commit({chunk_of(Stream::kRaw, 1, 1'000'000)}), ErrorCode::kFull));
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1, 600'000)}).ok());
}

// What other programs write, and what we have, share a disk of 64 MiB.
TEST(Quota, a_disk_that_others_fill_gets_our_room_bit_by_bit) {
  buffer.options.quota_bytes = 32 * kMiB;
  buffer.options.free_floor_bytes = 4 * kMiB;
  FakeDisk::State disk;
  disk.free_bytes = 60 * kMiB;
  CHECK_TRUE(buffer.start(1, std::make_unique<FakeDisk>(disk)).ok());
  for (int i = 0; i < 100; ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 100'000)}).ok());
    CHECK_TRUE(make_room().empty());
  }
  const std::uint64_t others = 58 * kMiB;  // and we have 10 MiB: more than there is
  for (int i = 0; i < 1'000; ++i) {
    const std::int64_t before = pages();
    const std::uint64_t taken = others + bytes_on_disk();
    disk.free_bytes = taken < 64 * kMiB ? 64 * kMiB - taken : 0;
    static_cast<void>(make_room());
    CHECK_TRUE(pages() >= before - 65);
  }
  CHECK_TRUE(disk.free_bytes >= 4 * kMiB);
  CHECK_TRUE(buffer.store().totals().dropped > 0);
  CHECK_TRUE(buffer.store().totals().pending > 0);  // no more than need be
  CHECK_TRUE(undeclared().size() == 1);
}

TEST(Quota, what_names_the_numbers_of_a_run_stays_while_it_goes_on) {
  // On a full disk all events went, and what came after them arrived as readings of no channel.
  FakeDisk::State disk;
  buffer.options.free_floor_bytes = 64 * kMiB;
  CHECK_TRUE(buffer.start(1, std::make_unique<FakeDisk>(disk)).ok());
  SealedChunk names = chunk_of(Stream::kEvent, 1);
  names.names = true;
  const SealedChunk others = chunk_of(Stream::kEvent, 1);
  CHECK_TRUE(buffer.commit({others, names, others, chunk_of(Stream::kRaw, 1)}).ok());
  disk.free_bytes = 0;
  CHECK_TRUE((drop_all() == std::vector{Stream::kRaw, Stream::kEvent, Stream::kEvent}));
  CHECK_TRUE(buffer.pending(Stream::kEvent) == std::vector<std::uint64_t>{2});
  buffer.stop();
  CHECK_TRUE(buffer.start(2, std::make_unique<FakeDisk>(disk)).ok());
  CHECK_TRUE((drop_all() == std::vector{Stream::kEvent}));
}

TEST(Quota, a_run_begins_on_a_full_disk_in_the_room_of_the_reserve) {
  start(4 * kMiB);
  static_cast<void>(make_room());
  buffer.stop();
  FaultyVfs vfs(buffer.folder().path());
  vfs.fail({Operation::kWrite, 1, 1, true});
  start_again();
  CHECK_FALSE(buffer.store().failed());
  CHECK_FALSE(has_reserve());
  buffer.stop();
}

TEST(Quota, a_run_that_found_no_room_at_all_begins_once_there_is_some) {
  start(4 * kMiB);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 1'000)}).ok());
  buffer.stop();
  FaultyVfs vfs(buffer.folder().path());
  vfs.fail({Operation::kWrite, 1, kForEver, true});
  start_again();
  // However long it takes, the file is not suspected.
  for (int i = 0; i < 100; ++i) CHECK_FALSE(buffer.store().reopen().ok());
  CHECK_TRUE(buffer.store().failed());
  vfs.work();
  CHECK_TRUE(buffer.store().reopen().ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 1'000)}).ok());
  CHECK_TRUE(buffer.pending().size() == 2);
  CHECK_FALSE(buffer.store().salvaging());
  buffer.stop();
}

TEST(Quota, a_full_disk_gets_the_reserve_and_takes_it_back) {
  FaultyVfs vfs(buffer.folder().path());
  start(4 * kMiB);
  static_cast<void>(make_room());
  CHECK_TRUE(has_reserve());
  for (int i = 0; i < 20; ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000)}).ok());
  }
  vfs.fail({Operation::kWrite, 1, kForEver, true});
  CHECK_TRUE(failed_with(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000)}), ErrorCode::kFull));
  CHECK_FALSE(has_reserve());
  vfs.work();  // in the room that was reserved
  CHECK_TRUE(make_room().size() == 1);
  CHECK_FALSE(has_reserve());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000)}).ok());
  static_cast<void>(make_room());
  CHECK_TRUE(has_reserve());
  CHECK_TRUE(undeclared().size() == 1);
  buffer.stop();  // while its disk is there
}

TEST(Quota, tombstones_are_bounded) {
  start(4 * kMiB);  // 32,768 tombstones
  CHECK_TRUE(tombstones_max(buffer.options) == 32'768);
  for (int i = 0; i < 80; ++i) {
    Commit commit;
    commit.chunks = std::vector<SealedChunk>(500, chunk_of(Stream::kRaw, 1, 4));
    CHECK_TRUE(buffer.store().commit(commit).ok());
    const std::uint64_t last = 500 * (static_cast<std::uint64_t>(i) + 1);
    Drop drop;
    drop.run = run_number(1);
    drop.first_seq = last - 499;
    drop.last_seq = last;
    drop.readings = 500;
    CHECK_TRUE(buffer.store().drop(drop).ok());
    CHECK_TRUE(declare({drop}).ok());
  }
  Result<Connection> connection = Connection::open(buffer.options.path, Access::kRead);
  CHECK_TRUE(connection->integer("SELECT sum(length(members)) FROM tombstone")->value_or(0) <=
             8 * (32'768 + 512));
  CHECK_TRUE(balances(buffer.store().totals()));
  CHECK_TRUE(buffer.store().totals().dropped == 40'000);
  // Those that were forgotten count as settled; the others are still known one by one.
  const Result<AckOutcome> outcome = buffer.store().acknowledge(ack_of({}, {{1, 40'000, 0}}));
  CHECK_TRUE(outcome.ok() && !outcome->refused);
  CHECK_TRUE(buffer.store().totals().dropped == 40'000);
}

TEST(Quota, raw_goes_before_rollups_and_events_go_last) {
  start(0);
  CHECK_TRUE(buffer
                 .commit({chunk_of(Stream::kEvent, 1), chunk_of(Stream::kRollup, 1),
                          chunk_of(Stream::kRejected, 1), chunk_of(Stream::kRaw, 1)})
                 .ok());
  CHECK_TRUE((drop_all() == std::vector<Stream>{Stream::kRaw, Stream::kRejected, Stream::kRollup,
                                                Stream::kEvent}));
}

TEST(Quota, a_gap_record_is_never_dropped) {
  start(0);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(drop_all().size() == 1);
  CHECK_TRUE(declare(undeclared()).ok());
  CHECK_TRUE(drop_all().empty());
  CHECK_TRUE(buffer.pending(Stream::kEvent) == std::vector<std::uint64_t>{1});
  Drop gap;
  gap.run = run_number(1);
  gap.stream = Stream::kEvent;
  gap.first_seq = gap.last_seq = 1;
  CHECK_TRUE(failed_with(buffer.store().drop(gap), ErrorCode::kInvalid));
}

TEST(Quota, a_piece_is_bounded) {
  start(0);
  for (int i = 0; i < 600; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1, 5)}).ok());
  CHECK_TRUE(make_room().front().last_seq == kDropChunksMax);
}

TEST(Quota, a_piece_has_no_settled_keys_inside) {
  start(0);
  for (int i = 0; i < 5; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(3, 3)})).ok());
  CHECK_TRUE(make_room().front().last_seq == 2);
}

TEST(Quota, drops_that_touch_are_one_gap) {
  start(0);
  for (int i = 0; i < 1'200; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 2, 5, i)}).ok());
  drop_all();
  const std::vector<Drop> drops = undeclared();
  CHECK_TRUE(drops.size() == 1);
  CHECK_TRUE(drops.front().first_seq == 1 && drops.front().last_seq == 1'200);
  CHECK_TRUE(drops.front().readings == 2'400);
  CHECK_TRUE(drops.front().first == instant_from_ns(0));
  CHECK_TRUE(drops.front().last == instant_from_ns(1'201));
  CHECK_TRUE(buffer.store().totals().undeclared == 2'400);
  CHECK_TRUE(buffer.store().totals().undeclared_chunks == 1'200);
  CHECK_TRUE(declare(drops).ok());
  CHECK_TRUE(undeclared().empty());
  CHECK_TRUE(buffer.store().totals().undeclared_chunks == 0);
  CHECK_TRUE(buffer.store().totals().dropped == 2'400);
}

TEST(Quota, drops_of_other_runs_streams_and_reasons_are_gaps_of_their_own) {
  start(0);
  CHECK_TRUE(buffer
                 .commit({chunk_of(Stream::kRaw, 1), chunk_of(Stream::kRaw, 1),
                          chunk_of(Stream::kRollup, 1)})
                 .ok());
  Drop damaged;
  damaged.run = run_number(1);
  damaged.first_seq = damaged.last_seq = 2;
  damaged.readings = 1;
  damaged.reason = GapReason::kMediaLoss;
  CHECK_TRUE(buffer.store().drop(damaged).ok());
  drop_all();
  buffer.lose_power();
  start_again();
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  drop_all();
  const std::vector<Drop> drops = undeclared();
  CHECK_TRUE(drops.size() == 4);
  CHECK_TRUE(drops[0].stream == Stream::kRollup);
  CHECK_TRUE(drops[1].reason == GapReason::kQuota && drops[1].last_seq == 1);
  CHECK_TRUE(drops[2].reason == GapReason::kMediaLoss && drops[2].first_seq == 2);
  CHECK_TRUE(drops[3].run == run_number(2));
}

TEST(Quota, a_drop_nobody_was_told_of_survives_a_power_cut) {
  start(0);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 7)}).ok());
  drop_all();
  buffer.lose_power();
  start_again();
  CHECK_TRUE(undeclared().size() == 1);
  CHECK_TRUE(undeclared().front().run == run_number(1));
  CHECK_TRUE(undeclared().front().readings == 7);
}

TEST(Quota, a_declaration_that_finds_no_room_declares_nothing) {
  start(0);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  drop_all();
  const std::vector<Drop> drops = undeclared();
  const SealedChunk gap = chunk_of(Stream::kEvent, 1, 2'000'000);  // more than there is room for
  CHECK_TRUE(failed_with(buffer.store().declare(drops, gap), ErrorCode::kFull));
  CHECK_TRUE(undeclared().size() == 1);
  CHECK_TRUE(declare(drops).ok());
}

TEST(Quota, only_what_is_dropped_and_undeclared_can_be_declared) {
  start(0);
  for (int i = 0; i < 3; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(buffer.drop_raw(1, 1, 1).ok());
  Drop drop;
  drop.run = run_number(1);
  drop.readings = 1;
  for (const std::uint64_t seq : {1U, 2U, 9U}) {  // declared, pending, never given
    drop.first_seq = drop.last_seq = seq;
    CHECK_TRUE(failed_with(declare({drop}), ErrorCode::kInvalid));
  }
  drop.run = run_number(9);
  CHECK_TRUE(failed_with(declare({drop}), ErrorCode::kInvalid));
  CHECK_TRUE(buffer.pending(Stream::kEvent).size() == 1);
}

TEST(Quota, what_is_not_pending_cannot_be_dropped) {
  start(0);
  for (int i = 0; i < 3; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  Drop all;
  all.run = run_number(1);
  all.first_seq = 1;
  all.last_seq = 3;
  all.readings = 3;
  const auto refused = [&](auto change) {
    Drop wrong = all;
    change(wrong);
    return failed_with(buffer.store().drop(wrong), ErrorCode::kInvalid);
  };
  CHECK_TRUE(refused([](Drop& wrong) { wrong.run = run_number(9); }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.stream = Stream::kRollup; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.first_seq = 0; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.last_seq = 4; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.first_seq = 4; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.readings = 2; }));
  CHECK_TRUE(buffer.store().drop(all).ok());
  CHECK_TRUE(failed_with(buffer.store().drop(all), ErrorCode::kInvalid));
  CHECK_TRUE(buffer.store().totals().dropped == 3);
}
