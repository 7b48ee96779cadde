#include "storage/quota.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(Quota) {
  Buffer buffer;

  void start(std::uint64_t quota_bytes) {
    buffer.options.quota_bytes = quota_bytes;
    CHECK_TRUE(buffer.start(1).ok());
  }
  std::optional<Drop> over() {
    const Result<std::optional<Drop>> over = buffer.store().over_quota();
    CHECK_TRUE(over.ok());
    return *over;
  }
  Result<> drop(const Drop& drop) {
    return buffer.store().drop(drop, chunk_of(Stream::kEvent, 1));
  }
  // Drops what has to go; the stream of each piece, in order.
  std::vector<Stream> drop_all() {
    std::vector<Stream> streams;
    while (const std::optional<Drop> piece = over()) {
      CHECK_TRUE(drop(*piece).ok());
      streams.push_back(piece->stream);
      CHECK_TRUE(streams.size() < 1'000);
      CHECK_TRUE(balances(buffer.store().totals()));
    }
    return streams;
  }
};

TEST(Quota, nothing_has_to_go_while_it_holds) {
  start(1024 * 1024);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 1'000)}).ok());
  CHECK_FALSE(over().has_value());
}

TEST(Quota, the_oldest_go_first_and_no_more_than_need_be) {
  constexpr std::uint64_t kQuotaBytes = 1024 * 1024;
  start(kQuotaBytes);
  int committed = 0;
  while (!over() && committed < 500) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000)}).ok());
    ++committed;
  }
  const std::optional<Drop> piece = over();
  CHECK_TRUE(piece.has_value());
  CHECK_TRUE(piece->run == run_number(1));
  CHECK_TRUE(piece->first_seq == 1);
  CHECK_TRUE(piece->last_seq < 20);
  CHECK_TRUE(piece->readings == 10 * piece->last_seq);
  CHECK_TRUE(piece->first == instant_from_ns(0));
  CHECK_TRUE(piece->last == instant_from_ns(10));
  drop_all();
  CHECK_TRUE(buffer.store().totals().bytes <= kQuotaBytes);
  CHECK_TRUE(buffer.pending().front() == piece->last_seq + 1);
}

TEST(Quota, a_long_outage_stays_within_it) {
  constexpr std::uint64_t kQuotaBytes = 1024 * 1024;
  start(kQuotaBytes);
  for (int i = 0; i < 250; ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000)}).ok());
    drop_all();
    CHECK_TRUE(buffer.store().totals().bytes <= kQuotaBytes);
  }
  CHECK_TRUE(buffer.store().totals().stored == 2'500);
  CHECK_TRUE(buffer.store().totals().dropped > 1'000);
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
  CHECK_TRUE(buffer.pending(Stream::kEvent) == std::vector<std::uint64_t>{1});
}

TEST(Quota, a_piece_is_bounded) {
  start(0);
  for (int i = 0; i < 100; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1, 5)}).ok());
  CHECK_TRUE(over()->last_seq == kDropChunksMax);
}

TEST(Quota, a_piece_has_no_settled_keys_inside) {
  start(0);
  for (int i = 0; i < 5; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(3, 3)})).ok());
  CHECK_TRUE(over()->last_seq == 2);
}

TEST(Quota, a_drop_is_taken_back_with_its_gap_record) {
  start(0);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  SealedChunk gap = chunk_of(Stream::kEvent, 1, 2'000'000);  // more than there is room for
  CHECK_TRUE(failed_with(buffer.store().drop(*over(), gap), ErrorCode::kFull));
  CHECK_TRUE(buffer.pending() == std::vector<std::uint64_t>{1});
  CHECK_TRUE(buffer.store().totals().dropped == 0);
}

TEST(Quota, what_is_not_pending_cannot_be_dropped) {
  start(0);
  for (int i = 0; i < 3; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  const Drop all{run_number(1), Stream::kRaw, 1, 3, 3, Instant(), Instant()};
  const auto refused = [&](auto change) {
    Drop wrong = all;
    change(wrong);
    return failed_with(drop(wrong), ErrorCode::kInvalid);
  };
  CHECK_TRUE(refused([](Drop& wrong) { wrong.run = run_number(9); }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.stream = Stream::kRollup; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.first_seq = 0; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.last_seq = 4; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.first_seq = 4; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.readings = 2; }));
  CHECK_TRUE(drop(all).ok());
  CHECK_TRUE(failed_with(drop(all), ErrorCode::kInvalid));
  CHECK_TRUE(buffer.pending(Stream::kEvent).size() == 1);
}
