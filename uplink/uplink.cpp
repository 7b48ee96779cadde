#include "uplink/uplink.hpp"

#include <utility>
#include <variant>

#include "core/check.hpp"
#include "core/log.hpp"
#include "uplink/topics.hpp"

namespace sluice::uplink {

Uplink::Uplink(const Options& options, const RunId& run, Link& link, Outbox& outbox,
               const std::string& usage_file)
    : options_(options),
      run_(run),
      link_(link),
      usage_(usage_file),
      policy_(options.profiles, usage_.kept()),
      live_(topic_name({TopicKind::kLive, options.gateway}), run, options.live_every, link),
      desk_(topic_name({TopicKind::kAnswer, options.gateway}), link),
      delivery_(options, link, outbox, policy_),
      questions_(options, run, link, outbox) {
  // What the broker has kept for us may come before the link counts as up.
  read_ack_key();
}

Message Uplink::last_will(const Options& options, const RunId& run) {
  return {topic_name({TopicKind::kStatus, options.gateway}), encode(Status{run, false}), true};
}

std::vector<std::string> Uplink::subscriptions(const Options& options) {
  return {ack_filter(options.gateway), commands(options)};
}

std::string Uplink::commands(const Options& options) {
  return topic_name({TopicKind::kCommand, options.gateway});
}

void Uplink::announce(Hello hello) {
  if (hello.holdings.size() > kHoldingsMax) hello.holdings.resize(kHoldingsMax);
  hello_ = std::move(hello);
  hello_due_ = snapshot_.link_up;
}

void Uplink::step(Instant now, const TimeOfDay& time) {
  while (const std::optional<LinkEvent> event = link_.poll(now)) {
    std::visit([this, now](const auto& happened) { handle(happened, now); }, *event);
  }
  account(time, now);
  if (snapshot_.link_up) {
    send_greeting();
    desk_.step();
    live_.step(now, policy_.allows(Lane::kRaw, now));
    // They wait as long as the profile lets nothing but alerts go.
    if (policy_.allows(Lane::kEvent, now)) questions_.step(now);
    delivery_.step(now);
  }
  snapshot_.live_sent = live_.sent();
  snapshot_.live_dropped = live_.dropped();
  snapshot_.delivery = delivery_.counters();
  snapshot_.commands = desk_.counters();
  snapshot_.questions = questions_.counters();
}

void Uplink::close() {
  if (snapshot_.link_up) {
    static_cast<void>(
        publish(TopicKind::kStatus, encode(Status{run_, false}), Retain::kYes));  // best effort
  }
  link_.close();
  usage_.save(policy_.spent());
  delivery_.link_down();
  snapshot_.link_up = false;
}

void Uplink::account(const TimeOfDay& time, Instant now) {
  snapshot_.traffic = link_.traffic();
  snapshot_.next_try = link_.next_try();
  const std::uint64_t wire_bytes = snapshot_.traffic.bytes_sent + snapshot_.traffic.bytes_received;
  policy_.count(wire_bytes - wire_bytes_, time, now);
  wire_bytes_ = wire_bytes;
  usage_.note(policy_.spent(), now);
  snapshot_.policy = policy_.standing();
}

void Uplink::handle(const LinkUp& up, Instant now) {
  snapshot_.link_up = true;
  snapshot_.link_since = now;
  snapshot_.link_fault = LinkFault::kNone;
  status_due_ = true;
  hello_due_ = hello_.has_value();
  down_why_.clear();
  read_ack_key();
  policy_.link_up(up.interface);
  delivery_.link_up(up.limits);
  questions_.link_up();
  log(LogLevel::kInfo, "uplink: connected to the broker");
}

void Uplink::handle(const LinkDown& down, Instant now) {
  if (snapshot_.link_up) {
    snapshot_.link_up = false;
    snapshot_.link_since = now;
    ++snapshot_.links_lost;
  }
  snapshot_.link_fault = down.fault;
  live_.link_down();
  questions_.link_down();
  delivery_.link_down();
  // A broker that stays away says the same at every try.
  if (down.why == down_why_) return;
  down_why_ = down.why;
  log(LogLevel::kWarning, "uplink: no connection to the broker (" +
                              std::string(name_of(down.fault)) + "): " + down.why +
                              "; readings stay stored here, trying again");
}

void Uplink::handle(const Message& message, Instant now) {
  const Result<Topic> topic = parse_topic(message.topic);
  if (topic && topic->kind == TopicKind::kCommand && topic->gateway == options_.gateway) {
    return desk_.received(message, now);
  }
  if (!topic || topic->kind != TopicKind::kAck || topic->gateway != options_.gateway) {
    ++snapshot_.messages_ignored;
    return;
  }
  const std::optional<Bytes> proven =
      ack_key_ ? ack_key_->verified(message.topic, message.payload) : std::nullopt;
  if (!proven) {
    if (snapshot_.acks_unproven++ == 0) {
      log(LogLevel::kError,
          "uplink: an acknowledgement is not signed with the key of uplink.ack_key_file: it is not "
          "believed, and readings stay here; give the collector the same key (--ack-key)");
    }
    return;
  }
  const Result<Ack> ack = decode_ack(*proven);
  if (!ack || ack->stream != topic->stream) {
    ++snapshot_.messages_ignored;
    return;
  }
  if (!ack->answer) return delivery_.acknowledged(*ack, now);
  // A late one says nothing: another question is under way, or none.
  if (questions_.answered(*ack)) delivery_.heard(*ack, now);
}

void Uplink::handle(const Taken& taken, Instant now) {
  if (!delivery_.taken(taken)) static_cast<void>(live_.taken(taken.token, now));
}

void Uplink::read_ack_key() {
  ack_key_ = AckKey();
  if (options_.ack_key_file.empty()) return;
  Result<AckKey> key = AckKey::read(options_.ack_key_file);
  if (!key) {
    log(LogLevel::kError, "uplink: no acknowledgement is believed: " + key.error().message);
    ack_key_.reset();
    return;
  }
  ack_key_ = std::move(*key);
}

void Uplink::send_greeting() {
  if (status_due_) {
    status_due_ = !publish(TopicKind::kStatus, encode(Status{run_, true}), Retain::kYes);
  }
  if (hello_due_) hello_due_ = !publish(TopicKind::kHello, encode(*hello_), Retain::kYes);
}

bool Uplink::publish(TopicKind kind, const Bytes& payload, Retain retain) {
  return link_.publish(topic_name({kind, options_.gateway}), payload, retain).ok();
}

}  // namespace sluice::uplink
