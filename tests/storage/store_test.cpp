#include "storage/store.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "storage/sqlite.hpp"
#include "tests/storage/buffer.hpp"
#include "tests/storage/faulty_vfs.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(Store) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
  }

  // The next start.
  std::vector<EarlierRun> restart(std::uint8_t number) {
    buffer.lose_power();
    CHECK_TRUE(buffer.start(number).ok());
    return earlier();
  }
  std::vector<EarlierRun> earlier() {
    Result<std::vector<EarlierRun>> runs = buffer.store().earlier_runs();
    CHECK_TRUE(runs.ok());
    return *runs;
  }
  std::int64_t pages() const {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kRead);
    return connection->integer("PRAGMA page_count")->value_or(0);
  }
  Totals totals() {
    return buffer.store().totals();
  }
};

TEST(Store, is_empty_at_first) {
  CHECK_TRUE(totals().stored == 0);
  CHECK_TRUE(earlier().empty());
  CHECK_TRUE(buffer.pending().empty());
}

TEST(Store, turns_a_second_process_away_while_it_is_open) {
  const Result<Store> second = Store::open(buffer.options, run_number(2), "boot", Instant());
  CHECK_TRUE(failed_with(second, ErrorCode::kRefused));
  CHECK_TRUE(second.error().message.find(" uses the database") != std::string::npos);
  CHECK_TRUE(buffer.commit_frame(1).ok());
}

TEST(Store, does_not_open_where_nothing_can_be_written) {
  buffer.stop();
  buffer.options.path = "/proc/buffer.db";
  CHECK_TRUE(failed_with(buffer.start(2), ErrorCode::kUnavailable));
}

TEST(Store, does_not_open_without_its_folder) {
  buffer.stop();
  buffer.options.path = buffer.folder().path_of("none/buffer.db");
  CHECK_TRUE(failed_with(buffer.start(2), ErrorCode::kUnavailable));
}

TEST(Store, opens_after_reads_that_failed) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5)}).ok());
  buffer.stop();
  FaultyVfs disk(buffer.folder().path());
  disk.fail({Operation::kRead, 1, 2});
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(disk.failures() == 2);
  CHECK_FALSE(buffer.store().salvaging());
  CHECK_TRUE(buffer.pending() == std::vector<std::uint64_t>{1});
  buffer.stop();
}

TEST(Store, begins_a_fresh_one_when_the_first_page_cannot_be_read) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5)}).ok());
  buffer.stop();
  FaultyVfs disk(buffer.folder().path());
  disk.fail({Operation::kRead, 1, 3});
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(buffer.pending().empty());
  while (buffer.store().salvaging()) CHECK_TRUE(buffer.store().salvage().ok());
  CHECK_TRUE(buffer.pending() == std::vector<std::uint64_t>{1});
  buffer.stop();
}

TEST(Store, begins_its_run_once_something_can_be_read) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5)}).ok());
  buffer.stop();
  FaultyVfs disk(buffer.folder().path());
  disk.fail({Operation::kRead, 1, kForEver});
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(buffer.store().failed());
  CHECK_TRUE(failed_with(buffer.store().reopen(), ErrorCode::kUnreadable));
  disk.work();
  CHECK_TRUE(buffer.store().reopen().ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 2)}).ok());
  while (buffer.store().salvaging()) CHECK_TRUE(buffer.store().salvage().ok());
  CHECK_TRUE(buffer.store().totals().stored == 7);
  buffer.stop();
}

TEST(Store, does_not_open_what_is_no_file) {
  buffer.stop();
  std::filesystem::remove(buffer.options.path);
  std::filesystem::create_directory(buffer.options.path);
  CHECK_TRUE(failed_with(buffer.start(2), ErrorCode::kUnavailable));
}

TEST(Store, refuses_a_run_that_was_used_before) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  buffer.stop();
  CHECK_TRUE(failed_with(buffer.start(1), ErrorCode::kInvalid));
}

TEST(Store, gives_keys_in_order_per_stream) {
  CHECK_TRUE(buffer
                 .commit({chunk_of(Stream::kRaw, 1), chunk_of(Stream::kEvent, 1),
                          chunk_of(Stream::kRaw, 1)})
                 .ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE((buffer.pending(Stream::kRaw) == std::vector<std::uint64_t>{1, 2, 3}));
  CHECK_TRUE((buffer.pending(Stream::kEvent) == std::vector<std::uint64_t>{1}));
}

TEST(Store, keeps_what_is_committed_over_a_power_cut) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5)}).ok());
  CHECK_TRUE(buffer.commit_frame(7, 50).ok());
  const std::vector<EarlierRun> runs = restart(2);
  CHECK_TRUE(runs.size() == 1);
  CHECK_TRUE(runs[0].run == run_number(1));
  CHECK_TRUE(runs[0].boot == "boot");
  CHECK_FALSE(runs[0].ended);
  CHECK_TRUE(runs[0].last_durable == instant_from_ns(50));
  CHECK_TRUE(runs[0].frames == std::vector<Bytes>{frame_of(7).bytes});
  CHECK_TRUE(buffer.pending() == std::vector<std::uint64_t>{1});
  CHECK_TRUE(totals().stored == 12);
  CHECK_TRUE(totals().pending == 12);
}

TEST(Store, a_run_that_wrote_nothing_was_last_durable_at_its_start) {
  const std::vector<EarlierRun> runs = restart(2);
  CHECK_TRUE(runs.size() == 1);
  CHECK_TRUE(runs[0].last_durable == instant_from_ns(1));
}

TEST(Store, a_sealed_reading_counts_as_durable) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5, 20, 1'000)}).ok());
  CHECK_TRUE(restart(2)[0].last_durable == instant_from_ns(1'005));
}

TEST(Store, a_run_that_said_goodbye_is_not_unfinished) {
  CHECK_TRUE(buffer.end_run().ok());
  CHECK_TRUE(restart(2).empty());
}

TEST(Store, a_goodbye_with_a_hot_tail_is_recovered_as_ended) {
  CHECK_TRUE(buffer.commit_frame(3).ok());
  Commit goodbye;
  goodbye.ends_run = true;
  CHECK_TRUE(buffer.store().commit(goodbye).ok());
  const std::vector<EarlierRun> runs = restart(2);
  CHECK_TRUE(runs.size() == 1);
  CHECK_TRUE(runs[0].ended);
}

TEST(Store, sealing_replaces_the_hot_tail) {
  CHECK_TRUE(buffer.commit_frame(3).ok());
  CHECK_TRUE(buffer.commit_frame(4).ok());
  Commit seal;
  seal.chunks = {chunk_of(Stream::kRaw, 9)};  // two are newer than the frames
  seal.drop_frames = true;
  CHECK_TRUE(buffer.store().commit(seal).ok());
  CHECK_TRUE(totals().stored == 9);
  CHECK_TRUE(restart(2)[0].frames.empty());
}

TEST(Store, recovery_seals_the_tail_under_the_earlier_runs_keys) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5)}).ok());
  CHECK_TRUE(buffer.commit_frame(7).ok());
  restart(2);
  const std::vector<SealedChunk> tail = {chunk_of(Stream::kRaw, 7)};
  const std::vector<SealedChunk> notes = {chunk_of(Stream::kEvent, 1)};
  CHECK_TRUE(buffer.store().recover(run_number(1), tail, notes).ok());
  CHECK_TRUE(earlier().empty());
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{1, 2}));
  const auto notes_stored = buffer.reader().pending(Stream::kEvent, 0, 1'000);
  CHECK_TRUE(notes_stored->front().chunk.header.key.run == run_number(2));
  CHECK_TRUE(totals().stored == 12 && totals().pending == 12);
}

TEST(Store, readings_lost_in_recovery_are_stored_and_dropped) {
  CHECK_TRUE(buffer.commit_frame(7).ok());
  restart(2);
  const std::vector<SealedChunk> tail = {chunk_of(Stream::kRaw, 4)};
  CHECK_TRUE(buffer.store().recover(run_number(1), tail, {}).ok());
  CHECK_TRUE(totals().stored == 7);
  CHECK_TRUE(totals().pending == 4);
  CHECK_TRUE(totals().dropped == 3);
}

TEST(Store, only_an_earlier_run_can_be_recovered) {
  CHECK_TRUE(failed_with(buffer.store().recover(run_number(1), {}, {}), ErrorCode::kNotFound));
  CHECK_TRUE(failed_with(buffer.store().recover(run_number(9), {}, {}), ErrorCode::kNotFound));
}

TEST(Store, a_run_with_nothing_left_is_forgotten) {
  restart(2);
  CHECK_TRUE(buffer.store().recover(run_number(1), {}, {}).ok());
  CHECK_TRUE(buffer.store().earlier_runs()->empty());
  CHECK_TRUE(buffer.reader().holdings()->size() == 0);
  // Not before the indices are known to be right: by a damaged one it might have nothing left.
  CHECK_TRUE(buffer.store().recover(run_number(1), {}, {}).ok());
  CHECK_TRUE(buffer.store().audit().ok());
  CHECK_TRUE(failed_with(buffer.store().recover(run_number(1), {}, {}), ErrorCode::kNotFound));
}

TEST(Store, never_gives_a_key_twice) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1), chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 2)})).ok());
  CHECK_TRUE(buffer.commit_frame(1).ok());
  restart(2);
  const std::vector<SealedChunk> tail = {chunk_of(Stream::kRaw, 1)};
  CHECK_TRUE(buffer.store().recover(run_number(1), tail, {}).ok());
  CHECK_TRUE(buffer.pending() == std::vector<std::uint64_t>{3});
}

TEST(Store, never_gives_a_position_twice) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  const std::uint64_t position = buffer.reader().pending(Stream::kRaw, 0, 1)->front().position;
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 1)})).ok());
  restart(2);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(buffer.reader().pending(Stream::kRaw, 0, 1)->front().position > position);
}

TEST(Store, is_empty_handed_after_a_failed_commit_and_usable_again) {
  buffer.stop();
  buffer.options.quota_bytes = 0;  // the least there is: 2 MiB
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 3)}).ok());
  const Totals before = totals();
  Commit large;
  large.frame = frame_of(5);
  large.chunks = {chunk_of(Stream::kRaw, 3), chunk_of(Stream::kRaw, 3, 2'000'000)};
  CHECK_TRUE(failed_with(buffer.store().commit(large), ErrorCode::kFull));
  CHECK_TRUE(totals().stored == before.stored && totals().pending == before.pending);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 3)}).ok());
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{1, 2}));
}

TEST(Store, its_totals_survive_a_power_cut) {
  CHECK_TRUE(buffer
                 .commit({chunk_of(Stream::kRaw, 5), chunk_of(Stream::kRaw, 6),
                          chunk_of(Stream::kRaw, 7), chunk_of(Stream::kEvent, 8)})
                 .ok());
  CHECK_TRUE(buffer.commit_frame(9).ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 1)})).ok());
  CHECK_TRUE(buffer.drop_raw(2, 2, 6).ok());
  const Totals before = totals();
  restart(2);
  const Totals after = totals();
  CHECK_TRUE(before.stored == 27 && after.stored == 27);
  CHECK_TRUE(before.pending == 16 && after.pending == 16);
  CHECK_TRUE(before.delivered == 5 && after.delivered == 5);
  CHECK_TRUE(before.dropped == 6 && after.dropped == 6);
  CHECK_TRUE(before.pending_chunks == 3 && after.pending_chunks == 3);
}

TEST(Store, a_settled_run_is_forgotten_and_its_readings_are_not) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5), chunk_of(Stream::kEvent, 1)}).ok());
  CHECK_TRUE(buffer.end_run().ok());
  restart(2);
  CHECK_TRUE(buffer.store().audit().ok());
  CHECK_TRUE(buffer.reader().holdings()->size() == 2);
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 1)})).ok());
  CHECK_TRUE(buffer.reader().holdings()->size() == 2);
  const Ack last = ack_of({buffer.held(1, 1, 1, Stream::kEvent)}, {}, 1, Stream::kEvent);
  CHECK_TRUE(buffer.store().acknowledge(last).ok());
  CHECK_TRUE(buffer.reader().holdings()->size() == 2);  // of it something is kept
  buffer.erase_kept();
  const Result<std::vector<SettledRun>> settled = buffer.store().settled_runs();
  CHECK_TRUE(settled.ok() && settled->size() == 1);
  CHECK_TRUE(settled->front().run == run_number(1));
  CHECK_TRUE((settled->front().streams ==
              std::vector<SettledRun::Keys>{{Stream::kEvent, 1}, {Stream::kRaw, 1}}));
  CHECK_TRUE(buffer.store().close(*settled, chunk_of(Stream::kEvent, 2)).ok());
  CHECK_TRUE(buffer.store().settled_runs()->empty());
  // The collector has to have the record first.
  CHECK_TRUE(buffer.reader().holdings()->size() == 3);
  static_cast<void>(buffer.learn());
  const Ack heard = ack_of({buffer.held(1, 1, 2, Stream::kEvent)}, {}, 2, Stream::kEvent);
  CHECK_TRUE(buffer.store().acknowledge(heard).ok());
  CHECK_TRUE(buffer.reader().holdings()->size() == 3);
  buffer.confirm(1);
  const std::vector<Holding> left = *buffer.reader().holdings();
  CHECK_TRUE(left.size() == 1 && left.front().run == run_number(2));
  CHECK_TRUE(totals().stored == 5 && totals().delivered == 5);
  restart(3);
  CHECK_TRUE(totals().stored == 5 && totals().delivered == 5);
}

TEST(Store, the_current_run_is_never_forgotten) {
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5)}).ok());
  CHECK_TRUE(buffer.end_run().ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 1)})).ok());
  CHECK_TRUE(buffer.reader().holdings()->size() == 1);
}

TEST(Store, counts_what_it_writes_by_class) {
  const Written before = buffer.store().written();
  CHECK_TRUE(before.log > 0);  // the run
  CHECK_TRUE(buffer.commit_frame(5).ok());
  CHECK_TRUE(buffer
                 .commit({chunk_of(Stream::kRaw, 10, 5'000), chunk_of(Stream::kEvent, 1, 300),
                          chunk_of(Stream::kRaw, 10, 700)})
                 .ok());
  const Written after = buffer.store().written();
  CHECK_TRUE(after.frames == frame_of(5).bytes.size());
  CHECK_TRUE((after.chunks == std::array<std::uint64_t, kStreamCount>{300, 0, 5'700, 0}));
  CHECK_TRUE(after.log >= before.log + 6'000 + after.frames);
  CHECK_TRUE(after.log <= std::filesystem::file_size(buffer.options.path + "-wal"));
  CHECK_TRUE(after.frames + 6'000 + after.bookkeeping() == after.log);
}

TEST(Store, what_was_refused_is_not_counted) {
  CHECK_FALSE(buffer.commit({chunk_of(Stream::kRaw, 10, 100'000'000)}).ok());
  CHECK_TRUE(buffer.store().written().chunks[2] == 0);
}

TEST(Store, gives_pages_back_after_an_outage) {
  for (int i = 0; i < 40; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1, 60'000)}).ok());
  const std::int64_t full = pages();
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 40)})).ok());
  buffer.erase_kept();
  std::int64_t before = pages();
  CHECK_TRUE(before >= full - 65);
  for (int i = 0; i < 100; ++i) {
    Commit seal;
    seal.drop_frames = true;
    CHECK_TRUE(buffer.store().commit(seal).ok());
    // No step takes longer than others: 64 pages, and now and then one of the map of pages.
    CHECK_TRUE(pages() >= before - 65);
    before = pages();
  }
  CHECK_TRUE(pages() < full - 500);
  CHECK_TRUE(pages() > 500);  // some are kept for the next chunks
  buffer.stop();              // a checkpoint
  CHECK_TRUE(std::filesystem::file_size(buffer.options.path) < 1'800'000);
}

TEST(Store, counts_what_commits_take) {
  const std::uint64_t room = totals().room;
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1, 50'000)}).ok());
  const std::int64_t taken = totals().grown;
  CHECK_TRUE(taken >= 50'000 && taken < 60'000);
  CHECK_TRUE(totals().room == room - to_unsigned(taken));
  // What the collector takes makes room, and production no smaller.
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 1)})).ok());
  CHECK_TRUE(totals().grown == taken);
  CHECK_TRUE(totals().room > room - to_unsigned(taken));
}

TEST(Store, a_hot_tail_that_was_sealed_gives_its_room_back) {
  Commit commit;
  commit.frame = frame_of(5);
  commit.frame->bytes.resize(100'000);
  CHECK_TRUE(buffer.store().commit(commit).ok());
  CHECK_TRUE(totals().grown >= 100'000);
  Commit seal;
  seal.chunks = {chunk_of(Stream::kRaw, 5, 1'000)};
  seal.drop_frames = true;
  CHECK_TRUE(buffer.store().commit(seal).ok());
  CHECK_TRUE(totals().grown < 10'000);
}
