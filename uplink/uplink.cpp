#include "uplink/uplink.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "core/check.hpp"
#include "core/log.hpp"
#include "uplink/topics.hpp"

namespace sluice::uplink {

Uplink::Uplink(const Options& options, const RunId& run, Link& link, Outbox& outbox)
    : options_(options),
      run_(run),
      link_(link),
      policy_({}, {}),
      delivery_(options, link, outbox, policy_) {}

Message Uplink::last_will(const Options& options, const RunId& run) {
  return {topic_name({TopicKind::kStatus, options.gateway}), encode(Status{run, false}), true};
}

std::vector<std::string> Uplink::subscriptions(const Options& options) {
  return {ack_filter(options.gateway)};
}

void Uplink::announce(Hello hello) {
  if (hello.holdings.size() > kHoldingsMax) hello.holdings.resize(kHoldingsMax);
  hello_ = std::move(hello);
  hello_due_ = snapshot_.link_up;
}

void Uplink::live_alert(LiveAlert alert) {
  if (alerts_.size() == kAlertsWaitingMax) {
    alerts_.pop_front();
    ++snapshot_.live_dropped;
  }
  alerts_.push_back(std::move(alert));
}

void Uplink::live_values(std::vector<LiveValue> values) {
  values_ = std::move(values);
}

void Uplink::step(Instant now) {
  while (const std::optional<LinkEvent> event = link_.poll(now)) {
    std::visit([this, now](const auto& happened) { handle(happened, now); }, *event);
  }
  if (snapshot_.link_up) {
    send_greeting();
    send_live(now);
    delivery_.step(now);
  }
  snapshot_.delivery = delivery_.counters();
}

void Uplink::close() {
  if (snapshot_.link_up) {
    static_cast<void>(
        publish(TopicKind::kStatus, encode(Status{run_, false}), Retain::kYes));  // best effort
  }
  link_.close();
  delivery_.link_down();
  snapshot_.link_up = false;
}

void Uplink::handle(const LinkUp&, Instant now) {
  snapshot_.link_up = true;
  snapshot_.link_since = now;
  status_due_ = true;
  hello_due_ = hello_.has_value();
  down_why_.clear();
  delivery_.link_up();
  log(LogLevel::kInfo, "uplink: connected to the broker");
}

void Uplink::handle(const LinkDown& down, Instant now) {
  if (snapshot_.link_up) {
    snapshot_.link_up = false;
    snapshot_.link_since = now;
    ++snapshot_.links_lost;
  }
  live_tokens_.clear();
  delivery_.link_down();
  // A broker that stays away says the same at every try.
  if (down.why == down_why_) return;
  down_why_ = down.why;
  log(LogLevel::kWarning, "uplink: no connection to the broker: " + down.why +
                              "; readings stay stored here, trying again");
}

void Uplink::handle(const Message& message, Instant now) {
  const Result<Topic> topic = parse_topic(message.topic);
  const Result<Ack> ack = decode_ack(message.payload);
  if (!topic || topic->kind != TopicKind::kAck || topic->gateway != options_.gateway || !ack ||
      ack->stream != topic->stream) {
    ++snapshot_.messages_ignored;
    return;
  }
  delivery_.acknowledged(*ack, now);
}

void Uplink::handle(const Taken& taken, Instant) {
  if (!delivery_.taken(taken)) std::erase(live_tokens_, taken.token);
}

void Uplink::send_greeting() {
  if (status_due_) {
    status_due_ = !publish(TopicKind::kStatus, encode(Status{run_, true}), Retain::kYes);
  }
  if (hello_due_) hello_due_ = !publish(TopicKind::kHello, encode(*hello_), Retain::kYes);
}

void Uplink::send_live(Instant now) {
  while (!alerts_.empty()) {
    Live live{run_, {}, {}};
    const auto count =
        static_cast<std::ptrdiff_t>(std::min<std::size_t>(alerts_.size(), kLiveAlertsMax));
    live.alerts.assign(alerts_.begin(), alerts_.begin() + count);
    if (!publish_live(live)) return;
    alerts_.erase(alerts_.begin(), alerts_.begin() + count);
  }
  if (values_.empty() || options_.live_every == Duration::zero() || now < values_due_) return;
  // From the last deadline; from now on when that one was missed altogether.
  values_due_ += options_.live_every;
  if (values_due_ <= now) values_due_ = now + options_.live_every;
  for (auto next = values_.begin(); next != values_.end();) {
    const auto left = static_cast<std::size_t>(std::distance(next, values_.end()));
    const auto end = next + static_cast<std::ptrdiff_t>(std::min(left, kLiveValuesMax));
    if (!publish_live({run_, {}, {next, end}})) break;  // the next values are newer anyway
    next = end;
  }
  values_.clear();
}

bool Uplink::publish(TopicKind kind, const Bytes& payload, Retain retain) {
  return link_.publish(topic_name({kind, options_.gateway}), payload, retain).ok();
}

bool Uplink::publish_live(const Live& live) {
  if (live_tokens_.size() >= kLiveInFlightMax) return false;
  const Result<std::uint32_t> token =
      link_.publish(topic_name({TopicKind::kLive, options_.gateway}), encode(live), Retain::kNo);
  if (!token) return false;
  live_tokens_.push_back(*token);
  ++snapshot_.live_sent;
  return true;
}

}  // namespace sluice::uplink
