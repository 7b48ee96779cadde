#include "collector/answer.hpp"

#include <cstdint>
#include <vector>

#include "collector/sqlite_sink.hpp"
#include "storage/sqlite.hpp"
#include "tests/collector/deliveries.hpp"
#include "tests/temporary_folder.hpp"
#include "uplink/messages.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(Answer) {
  TemporaryFolder folder;
  std::string path = folder.path_of("collector.db");
  SqliteSink sink = std::move(*SqliteSink::open(path));

  void deliver(std::uint64_t first, std::uint64_t last) {
    std::vector<Chunk> chunks;
    for (std::uint64_t seq = first; seq <= last; ++seq) chunks.push_back(raw_chunk(seq));
    CHECK(sink.store(shipment_of(chunks), WallTime()).ok());
  }
  void resolve(std::uint64_t first, std::uint64_t last) {
    CHECK(
        sink.store(shipment_of({event_chunk(++events_, {gap_of(first, last)})}), WallTime()).ok());
  }
  static Interval held(std::uint64_t first, std::uint64_t last) {
    Interval interval{first, last, 0};
    for (std::uint64_t seq = first; seq <= last; ++seq) {
      interval.check += raw_chunk(seq).header.crc;
    }
    return interval;
  }
  Ack ask(std::uint64_t first, std::uint64_t last, std::vector<Interval> unsettled) {
    const Question question{5, kRun, Stream::kRaw, first, last, std::move(unsettled)};
    const Result<Ack> ack = sink.answer("gw", question);
    CHECK(ack.ok());
    CHECK(ack->run == kRun && ack->stream == Stream::kRaw);
    CHECK(ack->answer.has_value() && ack->answer->number == 5);
    return *ack;
  }

  std::uint64_t events_ = 0;
};

TEST(Answer, says_what_is_held_and_what_is_resolved) {
  deliver(1, 4);
  resolve(5, 6);
  const Ack ack = ask(1, 9, {});
  CHECK((ack.held == std::vector<Interval>{held(1, 4)}));
  CHECK((ack.resolved == std::vector<Interval>{{5, 6, 0}}));
  LONGS_EQUAL(9, ack.answer->last);
}

TEST(Answer, is_cut_where_the_question_says_with_sums_from_the_rows) {
  deliver(1, 9);
  const Ack ack = ask(1, 9, {{3, 4, 0}, {8, 9, 0}});
  CHECK((ack.held == std::vector<Interval>{held(1, 2), held(3, 4), held(5, 7), held(8, 9)}));
}

TEST(Answer, is_cut_among_resolved_keys_too) {
  resolve(1, 9);
  CHECK(
      (ask(1, 9, {{3, 4, 0}}).resolved == std::vector<Interval>{{1, 2, 0}, {3, 4, 0}, {5, 9, 0}}));
}

TEST(Answer, says_nothing_beyond_what_was_asked) {
  // A gateway whose disk was rolled back does not know these keys.
  deliver(1, 9);
  CHECK((ask(1, 4, {}).held == std::vector<Interval>{held(1, 4)}));
  CHECK((ask(3, 4, {}).held == std::vector<Interval>{held(3, 4)}));
}

TEST(Answer, of_what_never_arrived_is_empty) {
  const Ack ack = ask(1, 4, {});
  CHECK(ack.held.empty() && ack.resolved.empty());
  LONGS_EQUAL(4, ack.answer->last);
}

TEST(Answer, that_would_be_too_long_ends_earlier) {
  const std::uint64_t pieces = uplink::kAckIntervalsMax + 10;
  for (std::uint64_t i = 0; i < pieces; ++i) deliver(2 * i + 1, 2 * i + 1);
  const Ack ack = ask(1, 2 * pieces, {});
  LONGS_EQUAL(uplink::kAckIntervalsMax, ack.held.size());
  LONGS_EQUAL(2 * uplink::kAckIntervalsMax, ack.answer->last);
  const Ack rest = ask(ack.answer->last + 1, 2 * pieces, {});
  LONGS_EQUAL(10, rest.held.size());
  LONGS_EQUAL(2 * pieces, rest.answer->last);
}

}  // namespace sluice::collector
