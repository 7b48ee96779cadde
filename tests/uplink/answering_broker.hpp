#pragma once
// A broker and a collector behind it that do their work: every publication is taken, and every
// intact batch is held and acknowledged. It speaks v5 or 3.1.1, as it is spoken to; what is neither
// ends the connection.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/checksum.hpp"
#include "core/interval_set.hpp"
#include "tests/uplink/fake_outbox.hpp"
#include "tests/uplink/scripted_broker.hpp"
#include "uplink/messages.hpp"
#include "uplink/topics.hpp"

namespace sluice::uplink {

inline std::uint64_t check_of(std::uint64_t seq) {
  return crc32({reinterpret_cast<const std::byte*>(&seq), sizeof(seq)});
}

// Batches that can be told from damaged ones, and acknowledgements from made-up ones.
class CheckedOutbox final : public Outbox {
 public:
  Result<std::optional<Parcel>> next(const LaneRange& range, std::size_t bytes_max) override {
    return sealed(inner.next(range, bytes_max));
  }
  Result<std::optional<Parcel>> again(Lane lane, std::span<const Parcel::Item> items) override {
    return sealed(inner.again(lane, items));
  }
  Result<std::uint64_t> newest() override { return inner.newest(); }
  bool settle(const Ack& ack) override {
    for (const Interval& interval : ack.held) {
      if (interval.last > inner.last_position) return true;
      std::uint64_t check = 0;
      for (std::uint64_t seq = interval.first; seq <= interval.last; ++seq) check += check_of(seq);
      if (check != interval.check) return true;
    }
    return ack.resolved.empty() ? inner.settle(ack) : true;
  }
  bool settle(const Answered& answered) override { return inner.settle(answered); }
  Result<std::vector<StreamState>> streams() override { return inner.streams(); }
  Result<std::optional<Question>> question(const RunId& run, Stream stream, std::uint64_t first,
                                           std::size_t ranges_max) override {
    return inner.question(run, stream, first, ranges_max);
  }

  FakeOutbox inner;

 private:
  static Result<std::optional<Parcel>> sealed(Result<std::optional<Parcel>> parcel) {
    if (!parcel.ok() || !parcel->has_value()) return parcel;
    Bytes& payload = (*parcel)->payload;
    const std::uint32_t crc = crc32(payload);
    const auto* const bytes = reinterpret_cast<const std::byte*>(&crc);
    payload.insert(payload.end(), bytes, bytes + sizeof(crc));
    return parcel;
  }
};

class AnsweringBroker {
 public:
  // A connection on which nothing has come for one and a half keep-alives is given up.
  static constexpr Duration kSilenceMax = std::chrono::seconds(90);

  AnsweringBroker(RunId run, std::string gateway) : run_(run), gateway_(std::move(gateway)) {}

  ScriptedBroker& broker() { return broker_; }
  const IntervalSet& held() const { return held_; }
  std::uint64_t duplicates() const { return duplicates_; }

  // False when nothing was to be done.
  bool step(Instant now) {
    const int before = broker_.connections();
    const std::vector<ScriptedBroker::Packet> packets = broker_.receive();
    if (broker_.connections() != before) {
      greeted_ = hears_ = false;
      heard_ = now;
    }
    for (const ScriptedBroker::Packet& packet : packets) {
      heard_ = now;
      if (broker_.peer() >= 0 && !answer(packet)) broker_.hang_up();
    }
    const bool forgotten = broker_.peer() >= 0 && now - heard_ >= kSilenceMax;
    if (forgotten) broker_.hang_up();
    return !packets.empty() || forgotten || broker_.connections() != before;
  }

 private:
  using Body = std::vector<std::uint8_t>;

  // False for what ends the connection. What is said to one that is gone is lost.
  bool answer(const ScriptedBroker::Packet& packet) {
    constexpr std::uint8_t kVersion5 = 5;
    constexpr std::uint8_t kVersion311 = 4;
    const Body& body = packet.body;
    if (greeted_ == (packet.type == ScriptedBroker::kConnect)) return false;
    switch (packet.type) {
      case ScriptedBroker::kConnect: {
        const Body name = {0, 4, 'M', 'Q', 'T', 'T'};
        if (body.size() < 10 || !std::equal(name.begin(), name.end(), body.begin())) return false;
        v5_ = body[6] == kVersion5;
        greeted_ = v5_ || body[6] == kVersion311;
        if (!greeted_) return false;
        return broker_.offer(v5_ ? Body{0x20, 3, 0, 0, 0} : Body{0x20, 2, 0, 0});
      }
      case ScriptedBroker::kSubscribe:
        if (body.size() < 3) return false;
        hears_ = hears_ || std::string(body.begin(), body.end()).find(ack_filter(gateway_)) !=
                               std::string::npos;
        return broker_.offer(v5_ ? Body{0x90, 4, body[0], body[1], 0, 1}
                                 : Body{0x90, 3, body[0], body[1], 1});
      case ScriptedBroker::kPublish:
        return take(packet);
      case ScriptedBroker::kPuback:
        return true;
      default:
        return false;
    }
  }

  bool take(const ScriptedBroker::Packet& packet) {
    constexpr int kQos = 6;
    constexpr int kQos1 = 2;
    const Body& body = packet.body;
    const std::size_t topic = body.size() < 2 ? 0 : body[0] * 256U + body[1];
    if ((packet.flags & kQos) != kQos1 || body.size() < topic + 5) return false;
    const auto id = body.begin() + static_cast<std::ptrdiff_t>(topic) + 2;
    const bool taken = broker_.offer({0x40, 2, id[0], id[1]});
    const std::string name(body.begin() + 2, id);
    if (name != topic_name({TopicKind::kUp, gateway_, Stream::kRaw})) return taken;
    if (v5_ && id[2] != 0) return false;  // it gives no properties
    return taken && collect(std::as_bytes(std::span(id + (v5_ ? 3 : 2), body.end())));
  }

  bool collect(std::span<const std::byte> payload) {
    std::uint32_t crc = 0;
    if (payload.size() < sizeof(crc)) return true;
    const auto seqs = payload.first(payload.size() - sizeof(crc));
    std::memcpy(&crc, payload.data() + seqs.size(), sizeof(crc));
    if (crc32(seqs) != crc) return true;
    for (const std::uint64_t seq : seqs_in(seqs)) {
      if (!held_.insert(seq, check_of(seq))) ++duplicates_;
    }
    return !hears_ || acknowledge();
  }

  bool acknowledge() {
    const auto held = held_.intervals();
    const Bytes said = encode(Ack{run_, Stream::kRaw, {held.begin(), held.end()}, {}});
    const std::string topic = topic_name({TopicKind::kAck, gateway_, Stream::kRaw});
    Body body = {0, static_cast<std::uint8_t>(topic.size())};
    body.insert(body.end(), topic.begin(), topic.end());
    body.insert(body.end(), {0, ++last_id_});
    if (v5_) body.push_back(0);  // no properties
    for (const std::byte byte : said) body.push_back(std::to_integer<std::uint8_t>(byte));
    CHECK(body.size() >= 128 && body.size() < 128 * 128);
    Body packet = {0x32, static_cast<std::uint8_t>(body.size() % 128 + 128),
                   static_cast<std::uint8_t>(body.size() / 128)};
    packet.insert(packet.end(), body.begin(), body.end());
    if (last_id_ == 255) last_id_ = 0;
    return broker_.offer(packet);
  }

  const RunId run_;
  const std::string gateway_;
  ScriptedBroker broker_;
  IntervalSet held_;
  std::uint64_t duplicates_ = 0;
  std::uint8_t last_id_ = 0;
  bool greeted_ = false;
  bool v5_ = false;
  bool hears_ = false;  // has subscribed to acknowledgements
  Instant heard_;
};

}  // namespace sluice::uplink
