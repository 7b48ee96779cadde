#include "collector/shipment.hpp"

#include <vector>

#include "tests/collector/deliveries.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(Shipment) {
  uplink::Topic topic{uplink::TopicKind::kUp, "gw", Stream::kRaw};

  void expect_error(const Bytes& payload, ErrorCode code) {
    const Result<Shipment> unpacked = unpack(topic, payload);
    CHECK_FALSE(unpacked.ok());
    CHECK(unpacked.error().code == code);
  }
};

TEST(Shipment, is_what_was_sent) {
  const Result<Shipment> unpacked = unpack(topic, batch_of({raw_chunk(1), raw_chunk(2)}));
  CHECK(unpacked.ok());
  CHECK(unpacked->gateway == "gw");
  CHECK(unpacked->run == kRun);
  LONGS_EQUAL(2, unpacked->chunks.size());
  CHECK(unpacked->chunks[1].readable);
  CHECK(unpacked->chunks[1].chunk.bytes == raw_chunk(2).bytes);
}

TEST(Shipment, of_events_is_read) {
  topic.stream = Stream::kEvent;
  const Result<Shipment> unpacked = unpack(topic, batch_of({event_chunk(1, {gap_of(1, 2)})}));
  CHECK(unpacked.ok());
  LONGS_EQUAL(1, unpacked->chunks[0].events.size());
}

TEST(Shipment, nobody_delivers_in_anothers_name) {
  expect_error(batch_of({raw_chunk(1)}, "other"), ErrorCode::kRefused);
}

TEST(Shipment, comes_on_the_topic_of_its_stream) {
  expect_error(batch_of({event_chunk(1, {RunStarted{}})}), ErrorCode::kRefused);
}

TEST(Shipment, has_keys_that_can_be) {
  CHECK_FALSE(unpack(topic, batch_of({raw_chunk(0)})).ok());
  Chunk chunk = raw_chunk(1);
  chunk.header.key.seq = kSeqMax + 1;
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  expect_error(batch_of({chunk}), ErrorCode::kRefused);
}

TEST(Shipment, is_refused_when_a_single_bit_is_wrong) {
  const Bytes good = batch_of({raw_chunk(1)});
  for (std::size_t place = 0; place < good.size(); ++place) {
    Bytes bad = good;
    bad[place] ^= std::byte{0x10};
    const Result<Shipment> unpacked = unpack(topic, bad);
    // Padding may carry a wrong bit; nothing that is read may.
    CHECK(!unpacked.ok() || unpacked->chunks[0].chunk.bytes == raw_chunk(1).bytes);
  }
}

TEST(Shipment, keeps_a_chunk_it_cannot_read) {
  Chunk chunk = raw_chunk(1);
  chunk.bytes = Bytes(7, std::byte{0xEE});
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  const Result<Shipment> unpacked = unpack(topic, batch_of({chunk}));
  CHECK(unpacked.ok());
  CHECK_FALSE(unpacked->chunks[0].readable);
  CHECK(unpacked->chunks[0].chunk.bytes == chunk.bytes);
}

}  // namespace sluice::collector
