#include "collector/receiver.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "core/log.hpp"

namespace sluice::collector {
namespace {

// The part of `intervals` that fits into an acknowledgement: those around `seq`, which the gateway
// is waiting to hear of.
void cut_around(std::vector<Interval>& intervals, std::uint64_t seq) {
  if (intervals.size() <= uplink::kAckIntervalsMax) return;
  const auto at = std::lower_bound(
      intervals.begin(), intervals.end(), seq,
      [](const Interval& interval, std::uint64_t wanted) { return interval.last < wanted; });
  const auto half = static_cast<std::ptrdiff_t>(uplink::kAckIntervalsMax / 2);
  const auto size = static_cast<std::ptrdiff_t>(intervals.size());
  const auto whole = static_cast<std::ptrdiff_t>(uplink::kAckIntervalsMax);
  const std::ptrdiff_t first =
      std::clamp<std::ptrdiff_t>(std::distance(intervals.begin(), at) - half, 0, size - whole);
  intervals.erase(intervals.begin() + first + whole, intervals.end());
  intervals.erase(intervals.begin(), intervals.begin() + first);
}

}  // namespace

Receiver::Receiver(Sink& sink, uplink::Link& link, Watcher watcher, Sharing sharing,
                   uplink::AckKey key)
    : sink_(sink),
      link_(link),
      watcher_(std::move(watcher)),
      is_shared_(!sharing.group.empty()),
      key_(std::move(key)),
      probe_(sharing.group, sharing.self, link) {}

std::vector<std::string> Receiver::subscriptions(const Sharing& sharing) {
  const std::string divided = sharing.group.empty() ? "" : "$share/" + sharing.group + "/";
  std::vector<std::string> all = {
      divided + std::string(uplink::kUpFilter), divided + std::string(uplink::kLiveFilter),
      std::string(uplink::kHelloFilter), std::string(uplink::kStatusFilter),
      divided + std::string(uplink::kAskFilter)};
  if (!divided.empty()) all.push_back(ShareProbe::subscription(sharing.group, sharing.self));
  return all;
}

void Receiver::step(Instant now, WallTime wall) {
  for (int count = 0; count < kEventsPerStep; ++count) {
    const std::optional<uplink::LinkEvent> event = link_.poll(now);
    if (!event) break;
    std::visit([this, wall](const auto& happened) { handle(happened, wall); }, *event);
  }
  if (up_) send_welcomes();
  if (up_) send_acks();
  probe_.step(now);
}

void Receiver::handle(const uplink::LinkUp&, WallTime) {
  up_ = true;
  probe_.link_up();
  down_why_.clear();
  log(LogLevel::kInfo, "collector: connected to the broker");
}

void Receiver::handle(const uplink::LinkDown& down, WallTime) {
  up_ = false;
  probe_.link_down();
  // Whether the broker has them is not known.
  for (const AckUnderWay& one : std::exchange(under_way_, {})) {
    want_ack(one.name.gateway, one.name.settled, {});
  }
  // A broker that stays away says the same at every try.
  if (down.why == down_why_) return;
  down_why_ = down.why;
  log(LogLevel::kWarning,
      "collector: no connection to the broker: " + down.why + "; gateways keep their records");
}

void Receiver::handle(const uplink::Message& message, WallTime wall) {
  if (probe_.heard(message)) return;
  const Result<uplink::Topic> topic = uplink::parse_topic(message.topic);
  const Result<> outcome = topic ? receive(*topic, message, wall) : Result<>(topic.error());
  if (outcome) return;
  // Counted each time, said the first time: whoever sends rubbish sends more of it.
  if (counters_.refused++ == 0) {
    log(LogLevel::kWarning, "collector: refused a message on " + message.topic + ": " +
                                outcome.error().message + "; further ones are only counted");
  }
}

// Flow control; no record depends on it. But of two receivers that acknowledge the same stream the
// one with the older snapshot may come last, and its acknowledgement is what the broker retains. So
// each looks again once the broker has its own: whatever is committed later is sent later by
// whoever commits it, and whatever was committed before is seen here. The last one retained is the
// newest.
void Receiver::handle(const uplink::Taken& taken, WallTime) {
  const auto found = std::find_if(under_way_.begin(), under_way_.end(),
                                  [&](const AckUnderWay& one) { return one.token == taken.token; });
  if (found == under_way_.end()) return;
  const AckUnderWay sent = std::move(*found);
  under_way_.erase(found);
  const Result<Ack> now = snapshot(sent.name);
  const bool is_newest =
      now && now->held == sent.snapshot.held && now->resolved == sent.snapshot.resolved;
  if (!is_newest) want_ack(sent.name.gateway, sent.name.settled, {});
}

Result<> Receiver::receive(const uplink::Topic& topic, const uplink::Message& message,
                           WallTime wall) {
  switch (topic.kind) {
    case uplink::TopicKind::kUp:
      return receive_batch(topic, message, wall);
    case uplink::TopicKind::kHello: {
      const Result<uplink::Hello> hello = uplink::decode_hello(message.payload);
      if (!hello) return hello.error();
      if (store_works(sink_.note_hello(topic.gateway, *hello, wall)) &&
          welcomes_.size() < kWelcomesMax) {
        welcomes_[topic.gateway] = hello->run;
      }
      return Ok{};
    }
    case uplink::TopicKind::kStatus: {
      const Result<uplink::Status> status = uplink::decode_status(message.payload);
      if (!status) return status.error();
      static_cast<void>(store_works(sink_.note_status(topic.gateway, *status, wall)));
      return Ok{};
    }
    case uplink::TopicKind::kLive: {
      const Result<uplink::Live> live = uplink::decode_live(message.payload);
      if (!live) return live.error();
      if (watcher_.live) watcher_.live(topic.gateway, *live);
      return Ok{};
    }
    case uplink::TopicKind::kAsk:
      return answer(topic.gateway, message);
    case uplink::TopicKind::kAck:
    case uplink::TopicKind::kCommand:
    case uplink::TopicKind::kAnswer:
      break;
  }
  return Error{ErrorCode::kRefused, "not a topic that gateways send on"};
}

Result<> Receiver::receive_batch(const uplink::Topic& topic, const uplink::Message& message,
                                 WallTime wall) {
  const Result<Shipment> shipment = unpack(topic, message.payload);
  if (!shipment) return shipment.error();
  const Result<Receipt> receipt = sink_.store(*shipment, wall);
  if (!store_works(receipt ? Result<>(Ok{}) : Result<>(receipt.error()))) return Ok{};
  // Committed: from here on it may be acknowledged.
  for (const Settled& settled : receipt->settled) {
    const bool own = settled.run == shipment->run && settled.stream == shipment->stream;
    want_ack(topic.gateway, settled, own ? receipt->refusals : std::span<const Refusal>());
  }
  report(*receipt, topic.gateway);
  if (watcher_.stored) watcher_.stored(*shipment, *receipt);
  return Ok{};
}

// A broker keeps the hello, so this is said by a collector that comes back too: one that has been
// restored from a backup meanwhile shows by it that it has less, whoever sends next and when.
// Kept hellos come before the link counts as up.
void Receiver::send_welcomes() {
  while (!welcomes_.empty()) {
    const auto& [gateway, run] = *welcomes_.begin();
    for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
      // As if it had been asked, for it may have nothing.
      Result<Ack> ack =
          sink_.answer(gateway, {0, run, static_cast<Stream>(stream), 1, kSeqMax, {}});
      if (!store_works(ack ? Result<>(Ok{}) : Result<>(ack.error()))) return;
      ack->answer.reset();
      // Not kept at the broker: the newest that is may be of another run, and says as much.
      ++(say(gateway, *ack) ? counters_.acks_sent : counters_.acks_dropped);
    }
    welcomes_.erase(welcomes_.begin());
  }
}

Result<> Receiver::answer(const std::string& gateway, const uplink::Message& message) {
  const Result<Question> question = uplink::decode_question(message.payload);
  if (!question) return question.error();
  const Result<Ack> ack = sink_.answer(gateway, *question);
  if (!store_works(ack ? Result<>(Ok{}) : Result<>(ack.error()))) return Ok{};
  // Not kept at the broker: nobody else has asked.
  ++(say(gateway, *ack) ? counters_.answers_sent : counters_.acks_dropped);
  return Ok{};
}

bool Receiver::say(const std::string& gateway, const Ack& ack) {
  const std::string topic = uplink::topic_name({uplink::TopicKind::kAck, gateway, ack.stream});
  return link_.publish(topic, key_.sign(topic, uplink::encode(ack)), uplink::Retain::kNo).ok();
}

void Receiver::report(const Receipt& receipt, const std::string& gateway) {
  if (receipt.conflicts > 0 && counters_.conflicts == 0) {
    log(LogLevel::kError,
        "collector: gateway " + gateway +
            " sent other bytes under a key that is taken; the first stay, the others are in table "
            "conflict: look for a second gateway of the same id");
  }
  if (receipt.unreadable > 0 && counters_.unreadable == 0) {
    log(LogLevel::kWarning, "collector: gateway " + gateway +
                                " sends chunks that this version cannot read; they are kept as "
                                "they came: update the collector");
  }
  ++counters_.batches;
  counters_.chunks_stored += receipt.stored.size();
  counters_.duplicates += receipt.duplicates;
  counters_.conflicts += receipt.conflicts;
  counters_.unreadable += receipt.unreadable;
}

void Receiver::want_ack(const std::string& gateway, const Settled& settled,
                        std::span<const Refusal> refusals) {
  auto same = std::find_if(waiting_.begin(), waiting_.end(),
                           [&](const AckName& waiting) { return waiting.is_of(gateway, settled); });
  if (same == waiting_.end()) {
    if (waiting_.size() == kAcksWaitingMax) {
      ++counters_.acks_dropped;
      return;
    }
    same = waiting_.insert(same, {gateway, settled, {}});
  }
  same->settled.seq = settled.seq;
  const std::size_t room = uplink::kAckIntervalsMax - same->refusals.size();
  const auto said = refusals.first(std::min(room, refusals.size()));
  same->refusals.insert(same->refusals.end(), said.begin(), said.end());
}

void Receiver::send_acks() {
  std::size_t done = 0;
  for (const AckName& name : waiting_) {
    Result<Ack> ack = snapshot(name);
    if (!ack) break;
    ack->refusals = name.refusals;
    const std::string topic =
        uplink::topic_name({uplink::TopicKind::kAck, name.gateway, name.settled.stream});
    const Result<std::uint32_t> token =
        link_.publish(topic, key_.sign(topic, uplink::encode(*ack)), uplink::Retain::kYes);
    if (token) {
      ++counters_.acks_sent;
      if (is_shared_) remember(name, std::move(*ack), *token);
    } else if (token.error().code == ErrorCode::kRefused) {
      ++counters_.acks_dropped;  // too large for this broker, now and later
    } else {
      break;  // when the link has room again
    }
    ++done;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(done));
}

Result<Ack> Receiver::snapshot(const AckName& name) {
  Result<Ack> ack = sink_.acknowledgement(name.gateway, name.settled.run, name.settled.stream);
  if (!store_works(ack ? Result<>(Ok{}) : Result<>(ack.error()))) return ack;
  cut_around(ack->held, name.settled.seq);
  cut_around(ack->resolved, name.settled.seq);
  return ack;
}

void Receiver::remember(const AckName& name, Ack snapshot, std::uint32_t token) {
  // The broker has those of one sender in their order: only the latest may stay.
  std::erase_if(under_way_,
                [&](const AckUnderWay& one) { return one.name.is_of(name.gateway, name.settled); });
  // Without it an older one may be retained until the next of its stream, which harms nobody.
  if (under_way_.size() == kAcksUnderWayMax) under_way_.erase(under_way_.begin());
  under_way_.push_back({name, std::move(snapshot), token});
}

bool Receiver::store_works(const Result<>& outcome) {
  if (!outcome) ++counters_.store_errors;
  if (outcome.ok() == store_failing_) {
    store_failing_ = !outcome.ok();
    if (store_failing_) {
      log(LogLevel::kError, "collector: cannot store: " + outcome.error().message +
                                "; nothing is acknowledged, gateways keep their records");
    } else {
      log(LogLevel::kInfo, "collector: storing again");
    }
  }
  return outcome.ok();
}

}  // namespace sluice::collector
