#include "collector/receiver.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.hpp"
#include "tests/collector/deliveries.hpp"
#include "tests/uplink/fake_link.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {
namespace {

constexpr const char* kUpRaw = "sluice/v1/gw/up/raw";
constexpr const char* kAckRaw = "sluice/v1/gw/ack/raw";

int errors_logged = 0;
void count_errors(LogLevel level, std::string_view) {
  if (level == LogLevel::kError) ++errors_logged;
}

// A sink in memory, with one interval set for all.
class FakeSink final : public Sink {
 public:
  Result<Receipt> store(const Shipment& shipment, WallTime) override {
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    Receipt receipt;
    for (std::size_t i = 0; i < shipment.chunks.size(); ++i) {
      const ChunkHeader& header = shipment.chunks[i].chunk.header;
      if (held.insert(header.key.seq, header.crc)) {
        receipt.stored.push_back(i);
      } else {
        ++receipt.duplicates;
        if (refuses) receipt.refusals.push_back({header.key.seq, header.crc, std::nullopt});
      }
      receipt.settled = {{shipment.run, shipment.stream, header.key.seq}};
    }
    return receipt;
  }
  Result<Ack> acknowledgement(std::string_view, const RunId& run, Stream stream) override {
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    return Ack{run, stream, {held.intervals().begin(), held.intervals().end()}, {}};
  }
  Result<Ack> answer(std::string_view, const Question& question) override {
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    Ack ack{question.run, question.stream, {{1, 2, 3}}, {}};
    ack.answer = Answer{question.number, question.last};
    return ack;
  }
  Result<> note_hello(std::string_view, const uplink::Hello&, WallTime) override {
    ++hellos;
    return Ok{};
  }
  Result<> note_status(std::string_view, const uplink::Status&, WallTime) override {
    ++statuses;
    return Ok{};
  }

  IntervalSet held;
  bool failing = false;
  bool refuses = false;
  int hellos = 0;
  int statuses = 0;
};

}  // namespace

TEST_GROUP(Receiver) {
  uplink::FakeLink link;
  FakeSink sink;
  std::uint64_t watched = 0;
  std::uint64_t watched_live = 0;
  Receiver receiver{
      sink,
      link,
      {[this](const Shipment&, const Receipt& receipt) { watched += receipt.stored.size(); },
       [this](const std::string&, const uplink::Live&) { ++watched_live; }}};

  void setup() override {
    errors_logged = 0;
    set_log_sink(count_errors);
    link.events.push_back(uplink::LinkUp{});
  }
  void teardown() override {
    set_log_sink(nullptr);
  }

  void step() {
    receiver.step(Instant(), WallTime());
  }
  void receive(const std::string& topic, const Bytes& payload) {
    link.events.push_back(uplink::Message{topic, payload, false});
  }
  std::vector<uplink::Published> acks() {
    return link.take(kAckRaw);
  }
};

TEST(Receiver, acknowledges_what_it_stored_and_keeps_that_at_the_broker) {
  receive(kUpRaw, batch_of({raw_chunk(1), raw_chunk(2)}));
  step();
  const std::vector<uplink::Published> sent = acks();
  LONGS_EQUAL(1, sent.size());
  CHECK(sent[0].retain == uplink::Retain::kYes);
  const Result<Ack> ack = uplink::decode_ack(sent[0].payload);
  CHECK(ack.ok());
  CHECK(ack->run == kRun);
  LONGS_EQUAL(2, ack->held.at(0).last);
  LONGS_EQUAL(2, watched);
}

TEST(Receiver, answers_a_question_and_does_not_leave_that_at_the_broker) {
  const Question question{77, kRun, Stream::kRaw, 1, 9, {}};
  receive("sluice/v1/gw/ask", uplink::encode(question));
  step();
  const std::vector<uplink::Published> sent = acks();
  LONGS_EQUAL(1, sent.size());
  CHECK(sent[0].retain == uplink::Retain::kNo);
  const Result<Ack> ack = uplink::decode_ack(sent[0].payload);
  CHECK(ack.ok() && ack->run == kRun);
  CHECK((ack->answer == Answer{77, 9}));
  LONGS_EQUAL(1, receiver.counters().answers_sent);
}

TEST(Receiver, does_not_answer_what_it_cannot_look_up) {
  sink.failing = true;
  receive("sluice/v1/gw/ask", uplink::encode(Question{77, kRun, Stream::kRaw, 1, 9, {}}));
  step();
  CHECK(acks().empty());
  LONGS_EQUAL(1, receiver.counters().store_errors);
}

TEST(Receiver, refuses_what_is_no_question) {
  receive("sluice/v1/gw/ask", uplink::encode(uplink::Status{kRun, true}));
  step();
  CHECK(acks().empty());
  LONGS_EQUAL(1, receiver.counters().refused);
}

TEST(Receiver, acknowledges_nothing_that_it_cannot_store) {
  sink.failing = true;
  receive(kUpRaw, batch_of({raw_chunk(1)}));
  step();
  CHECK(acks().empty());
  LONGS_EQUAL(0, watched);
  LONGS_EQUAL(1, receiver.counters().store_errors);
}

TEST(Receiver, goes_on_when_the_store_works_again) {
  sink.failing = true;
  receive(kUpRaw, batch_of({raw_chunk(1)}));
  receive(kUpRaw, batch_of({raw_chunk(1)}));
  step();
  LONGS_EQUAL(1, errors_logged);
  sink.failing = false;
  receive(kUpRaw, batch_of({raw_chunk(1)}));
  step();
  LONGS_EQUAL(1, acks().size());
}

TEST(Receiver, acknowledges_a_duplicate_again) {
  for (int time = 0; time < 2; ++time) {
    receive(kUpRaw, batch_of({raw_chunk(1)}));
    step();
    LONGS_EQUAL(1, acks().size());
  }
  LONGS_EQUAL(1, receiver.counters().duplicates);
  LONGS_EQUAL(1, receiver.counters().chunks_stored);
}

TEST(Receiver, says_once_what_it_refused) {
  sink.refuses = true;
  receive(kUpRaw, batch_of({raw_chunk(1), raw_chunk(2), raw_chunk(2)}));
  receive(kUpRaw, batch_of({raw_chunk(1)}));
  step();
  receive(kUpRaw, batch_of({raw_chunk(3)}));
  step();
  const std::vector<uplink::Published> sent = acks();
  LONGS_EQUAL(2, sent.size());
  const Result<Ack> first = uplink::decode_ack(sent[0].payload);
  LONGS_EQUAL(2, first->refusals.size());
  LONGS_EQUAL(2, first->refusals[0].seq);
  LONGS_EQUAL(1, first->refusals[1].seq);
  CHECK(uplink::decode_ack(sent[1].payload)->refusals.empty());
}

TEST(Receiver, says_no_more_refusals_than_an_acknowledgement_may_hold) {
  sink.refuses = true;
  for (std::size_t i = 0; i <= uplink::kAckIntervalsMax / 50; ++i) {
    receive(kUpRaw, batch_of(std::vector<Chunk>(51, raw_chunk(1, 1))));
  }
  step();
  LONGS_EQUAL(uplink::kAckIntervalsMax, uplink::decode_ack(acks().at(0).payload)->refusals.size());
}

TEST(Receiver, says_several_batches_in_one_acknowledgement) {
  for (std::uint64_t seq = 1; seq <= 5; ++seq) receive(kUpRaw, batch_of({raw_chunk(seq)}));
  step();
  LONGS_EQUAL(1, acks().size());
}

TEST(Receiver, acknowledges_later_when_the_link_has_no_room) {
  link.room = 0;
  receive(kUpRaw, batch_of({raw_chunk(1)}));
  step();
  CHECK(acks().empty());
  link.room = 1;
  step();
  LONGS_EQUAL(1, acks().size());
}

TEST(Receiver, acknowledges_after_the_link_was_lost) {
  receive(kUpRaw, batch_of({raw_chunk(1)}));
  link.events.push_back(uplink::LinkDown{"cable"});
  step();
  CHECK(acks().empty());
  link.events.push_back(uplink::LinkUp{});
  step();
  LONGS_EQUAL(1, acks().size());
}

TEST(Receiver, takes_so_much_in_one_step_and_no_more) {
  for (std::uint64_t seq = 1; seq <= 2 * Receiver::kEventsPerStep; ++seq) {
    receive(kUpRaw, batch_of({raw_chunk(seq)}));
  }
  step();
  LONGS_EQUAL(1, acks().size());
  CHECK(receiver.counters().batches < 2 * Receiver::kEventsPerStep);
}

TEST(Receiver, refuses_what_breaks_a_rule_and_stores_none_of_it) {
  receive(kUpRaw, Bytes(10));
  receive("sluice/v1/other/up/raw", batch_of({raw_chunk(1)}));
  receive("sluice/v1/gw/up/event", batch_of({raw_chunk(1)}));
  receive("sluice/v1/gw/ack/raw", batch_of({raw_chunk(1)}));
  receive("sluice/v1/gw/hello", Bytes(3));
  receive("sluice/v1/gw/status", Bytes(3));
  receive("sluice/v1/gw/live", Bytes(3));
  receive("elsewhere", Bytes(3));
  step();
  LONGS_EQUAL(8, receiver.counters().refused);
  LONGS_EQUAL(0, sink.held.count());
  CHECK(acks().empty());
}

TEST(Receiver, passes_hello_status_and_live_on) {
  receive("sluice/v1/gw/hello", uplink::encode(uplink::Hello{kRun, "b", "v", "h", {}}));
  receive("sluice/v1/gw/status", uplink::encode(uplink::Status{kRun, true}));
  receive("sluice/v1/gw/live", uplink::encode(uplink::Live{kRun, {}, {}}));
  step();
  LONGS_EQUAL(1, sink.hellos);
  LONGS_EQUAL(1, sink.statuses);
  LONGS_EQUAL(1, watched_live);
}

// Found by restoring a collector while its gateway had nothing more to send.
TEST(Receiver, says_to_a_hello_what_it_has_and_does_not_leave_that_at_the_broker) {
  receive("sluice/v1/gw/hello", uplink::encode(uplink::Hello{kRun, "b", "v", "h", {}}));
  step();
  for (const char* const stream : {"event", "rollup", "raw", "rejected"}) {
    const auto sent = link.take("sluice/v1/gw/ack/" + std::string(stream));
    LONGS_EQUAL(1, sent.size());
    CHECK(sent[0].retain == uplink::Retain::kNo);
    const Result<Ack> ack = uplink::decode_ack(sent[0].payload);
    CHECK(ack.ok() && ack->run == kRun && !ack->answer);
    LONGS_EQUAL(2, ack->held.at(0).last);
  }
}

TEST(Receiver, an_acknowledgement_of_very_many_intervals_holds_those_in_question) {
  for (std::uint64_t seq = 1; seq <= 3'000; ++seq) CHECK(sink.held.insert(2 * seq, 1));
  receive(kUpRaw, batch_of({raw_chunk(4'001)}));
  step();
  const std::vector<uplink::Published> sent = acks();
  const Result<Ack> ack = uplink::decode_ack(sent.at(0).payload);
  CHECK(ack.ok());
  LONGS_EQUAL(uplink::kAckIntervalsMax, ack->held.size());
  CHECK(std::any_of(ack->held.begin(), ack->held.end(), [](const Interval& interval) {
    return interval.first <= 4'001 && 4'001 <= interval.last;
  }));
}

TEST(Receiver, cuts_at_both_ends_of_many_intervals) {
  for (std::uint64_t seq = 1; seq <= 3'000; ++seq) CHECK(sink.held.insert(2 * seq + 10, 1));
  for (const std::uint64_t seq : {std::uint64_t{1}, std::uint64_t{7'001}}) {
    receive(kUpRaw, batch_of({raw_chunk(seq)}));
    step();
    const std::vector<uplink::Published> sent = acks();
    const Result<Ack> ack = uplink::decode_ack(sent.at(0).payload);
    CHECK(ack.ok());
    const Interval& end = seq == 1 ? ack->held.front() : ack->held.back();
    CHECK(end.first == seq);
  }
}

// Two receivers of a group: this one, and another that puts into the same sink.
TEST_GROUP(SharingReceiver) {
  uplink::FakeLink link;
  FakeSink sink;
  Receiver receiver{sink, link, {}, Sharing{"halls", "me"}};

  void setup() override {
    link.events.push_back(uplink::LinkUp{});
  }
  void step() {
    receiver.step(Instant(), WallTime());
  }
  void receive(const Bytes& payload) {
    link.events.push_back(uplink::Message{kUpRaw, payload, false});
  }
  void taken(const uplink::Published& one) {
    link.events.push_back(uplink::Taken{one.token});
  }
  uplink::Published only_ack() {
    const std::vector<uplink::Published> sent = link.take(kAckRaw);
    LONGS_EQUAL(1, sent.size());
    return sent[0];
  }
  std::uint64_t last_held(const uplink::Published& sent) {
    const Result<Ack> ack = uplink::decode_ack(sent.payload);
    CHECK(ack.ok());
    return ack->held.back().last;
  }
};

TEST(SharingReceiver, looks_whether_the_broker_shares) {
  step();
  LONGS_EQUAL(1, link.take("sluice/v1/collector/me/probe").size());
  link.events.push_back(uplink::Message{"sluice/v1/collector/me/probe", {}, false});
  step();
  LONGS_EQUAL(0, receiver.counters().refused);
}

TEST(SharingReceiver, divides_batches_and_live_messages_with_its_group) {
  CHECK((Receiver::subscriptions({"halls", "me"}) ==
         std::vector<std::string>{"$share/halls/sluice/v1/+/up/+", "$share/halls/sluice/v1/+/live",
                                  "sluice/v1/+/hello", "sluice/v1/+/status",
                                  "$share/halls/sluice/v1/+/ask",
                                  "$share/halls/sluice/v1/collector/me/probe"}));
  CHECK(Receiver::subscriptions().front() == "sluice/v1/+/up/+");
}

// What is retained must not stay an older snapshot than another receiver has sent.
TEST(SharingReceiver, acknowledges_again_what_came_to_the_other_before_the_broker_had_it) {
  receive(batch_of({raw_chunk(1)}));
  step();
  const uplink::Published first = only_ack();
  LONGS_EQUAL(1, last_held(first));
  CHECK(sink.held.insert(2, 7));
  taken(first);
  step();
  const uplink::Published second = only_ack();
  CHECK(second.retain == uplink::Retain::kYes);
  LONGS_EQUAL(2, last_held(second));
  taken(second);
  step();
  CHECK(link.take(kAckRaw).empty());
}

TEST(SharingReceiver, only_the_latest_of_a_stream_is_looked_at_again) {
  receive(batch_of({raw_chunk(1)}));
  step();
  const uplink::Published first = only_ack();
  receive(batch_of({raw_chunk(2)}));
  step();
  only_ack();
  taken(first);
  step();
  CHECK(link.take(kAckRaw).empty());
}

TEST(SharingReceiver, acknowledges_again_what_was_under_way_when_the_link_was_lost) {
  receive(batch_of({raw_chunk(1)}));
  step();
  const uplink::Published first = only_ack();
  link.events.push_back(uplink::LinkDown{"lost"});
  step();
  CHECK(link.take(kAckRaw).empty());
  link.events.push_back(uplink::LinkUp{});
  step();
  LONGS_EQUAL(1, last_held(only_ack()));
}

TEST(SharingReceiver, looks_again_when_the_store_works_again) {
  receive(batch_of({raw_chunk(1)}));
  step();
  taken(only_ack());
  sink.failing = true;
  step();
  CHECK(link.take(kAckRaw).empty());
  sink.failing = false;
  step();
  LONGS_EQUAL(1, last_held(only_ack()));
}

TEST(Receiver, alone_does_not_look_again_at_what_it_acknowledged) {
  receive(kUpRaw, batch_of({raw_chunk(1)}));
  step();
  CHECK(sink.held.insert(2, 7));
  link.events.push_back(uplink::Taken{acks().at(0).token});
  step();
  CHECK(acks().empty());
}

}  // namespace sluice::collector
