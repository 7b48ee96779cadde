#pragma once
// A link of a given speed under virtual time, to a broker and a collector that take everything. It
// counts what the wire would carry: MQTT 5 at QoS 1 in segments of TCP over IPv4 with time stamps,
// both ways, without pings.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "chunk/batch.hpp"
#include "core/ack.hpp"
#include "core/check.hpp"
#include "core/interval_set.hpp"
#include "uplink/link.hpp"
#include "uplink/messages.hpp"
#include "uplink/topics.hpp"

namespace sluice::app {

class MeteredLink final : public uplink::Link {
 public:
  struct Options {
    std::string gateway;
    double bytes_per_second = 12.5e6;                // towards the broker
    Duration delay = std::chrono::milliseconds(20);  // each way
  };
  // Of raw readings, but for the wire, which carries everything.
  struct Count {
    std::uint64_t readings = 0;
    std::uint64_t chunks = 0;
    std::uint64_t batches = 0;
    std::uint64_t chunk_bytes = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t wire_bytes = 0;
  };

  explicit MeteredLink(Options options) : options_(std::move(options)) {}

  void mend() { coming_.emplace_back(now_, uplink::LinkUp{}); }
  // When there is something to poll; Instant::max() when nothing comes.
  Instant next() const {
    Instant next = Instant::max();
    for (const auto& [at, event] : coming_) next = std::min(next, at);
    return next;
  }
  // What has arrived, or is sure to.
  const Count& count() const { return count_; }
  // Latest stamp of a reading in it.
  Instant newest() const { return newest_; }

  std::optional<uplink::LinkEvent> poll(Instant now) override {
    now_ = now;
    const auto due = std::find_if(coming_.begin(), coming_.end(),
                                  [now](const auto& one) { return one.first <= now; });
    if (due == coming_.end()) return std::nullopt;
    uplink::LinkEvent event = std::move(due->second);
    coming_.erase(due);
    if (std::holds_alternative<uplink::Taken>(event)) --under_way_;
    return event;
  }

  Result<std::uint32_t> publish(std::string_view topic, std::span<const std::byte> payload,
                                uplink::Retain) override {
    if (under_way_ == kUnderWayMax) return Error{ErrorCode::kFull, "the broker is behind"};
    const std::uint64_t sent = on_wire(publication(topic.size(), payload.size()));
    free_at_ = std::max(free_at_, now_) +
               std::chrono::duration_cast<Duration>(std::chrono::duration<double>(
                   static_cast<double>(sent) / options_.bytes_per_second));
    ++under_way_;
    carry(sent + on_wire(kPuback));
    const Instant answered = free_at_ + 2 * options_.delay;
    coming_.emplace_back(answered, uplink::Taken{++last_token_, false, 0});
    const Result<uplink::Topic> parsed = uplink::parse_topic(topic);
    if (parsed && parsed->kind == uplink::TopicKind::kUp) collect(payload, answered);
    return last_token_;
  }
  void wait(Duration) override {}
  void close() override {}
  uplink::Traffic traffic() const override { return {count_.wire_bytes, 0}; }

 private:
  static constexpr std::size_t kUnderWayMax = 16;
  static constexpr std::uint64_t kSegmentBytes = 1'448;
  static constexpr std::uint64_t kHeaderBytes = 52;
  static constexpr std::uint64_t kPuback = 4;

  static std::uint64_t publication(std::uint64_t topic, std::uint64_t payload) {
    const std::uint64_t body = 2 + topic + 2 + 1 + payload;
    return 1 + (body < 128 ? 1U : body < 128 * 128 ? 2U : 3U) + body;
  }
  static std::uint64_t on_wire(std::uint64_t bytes) {
    return bytes + kHeaderBytes * ((bytes + kSegmentBytes - 1) / kSegmentBytes);
  }
  void carry(std::uint64_t bytes) { count_.wire_bytes += bytes; }

  // All that it holds of the stream, as the collector answers it.
  void collect(std::span<const std::byte> payload, Instant answered) {
    const Result<chunk::Batch> batch = chunk::decode_batch(payload);
    CHECK(batch.ok());
    const ChunkKey& key = batch->chunks.front().header.key;
    IntervalSet& held = held_[{key.run.bytes, key.stream}];
    for (const Chunk& one : batch->chunks) {
      const bool fresh = held.insert(one.header.key.seq, one.header.crc);
      if (key.stream != Stream::kRaw) continue;
      ++count_.chunks;
      count_.chunk_bytes += one.bytes.size();
      newest_ = std::max(newest_, one.header.last);
      if (fresh) count_.readings += one.header.count;
    }
    if (key.stream == Stream::kRaw) {
      ++count_.batches;
      count_.payload_bytes += payload.size();
    }
    const auto intervals = held.intervals();
    const uplink::Topic topic{uplink::TopicKind::kAck, options_.gateway, key.stream};
    const Ack ack{key.run, key.stream, {intervals.begin(), intervals.end()}, {}};
    uplink::Message message{uplink::topic_name(topic), uplink::encode(ack), true};
    // Its answer, and TCP's to that.
    carry(on_wire(publication(message.topic.size(), message.payload.size())) + on_wire(kPuback) +
          kHeaderBytes);
    coming_.emplace_back(answered, std::move(message));
  }

  const Options options_;
  std::vector<std::pair<Instant, uplink::LinkEvent>> coming_;
  std::map<std::pair<std::array<std::uint8_t, 16>, Stream>, IntervalSet> held_;
  Instant now_;
  Instant free_at_;
  std::size_t under_way_ = 0;
  std::uint32_t last_token_ = 0;
  Count count_;
  Instant newest_;
};

}  // namespace sluice::app
