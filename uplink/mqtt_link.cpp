#include "uplink/mqtt_link.hpp"

#include <poll.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "core/log.hpp"
#include "uplink/credentials.hpp"

namespace sluice::uplink {
namespace {

// Rounded up, so that waiting for a deadline does not spin through its last millisecond.
int poll_timeout_ms(Duration longest) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
  return static_cast<int>(std::clamp<std::int64_t>(ms, 0, std::numeric_limits<int>::max()));
}

}  // namespace

MqttLink::MqttLink(const LinkOptions& options, MqttSession session)
    : options_(options),
      session_(std::move(session)),
      backoff_(std::mt19937_64(session_.seed)),
      v5_(options.version != MqttVersion::kV311) {}

std::optional<LinkEvent> MqttLink::poll(Instant now) {
  now_ = now;
  if (events_.empty()) {
    if (state_ == State::kResting && now >= retry_) start();
    if (state_ == State::kDialling) dial();
    if (connection_) serve();
  }
  if (events_.empty()) return std::nullopt;
  LinkEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

Result<std::uint32_t> MqttLink::publish(std::string_view topic, std::span<const std::byte> payload,
                                        Retain retain) {
  // The library would queue for later, without bound and without telling.
  if (state_ != State::kUp) return Error{ErrorCode::kUnavailable, "no connection to the broker"};
  if (connection_->publications_under_way() >= session_.in_flight_max) {
    return Error{ErrorCode::kFull, "the broker is behind"};
  }
  return connection_->publish(topic, payload, retain);
}

void MqttLink::wait(Duration longest) {
  if (!events_.empty() || (connection_ && !connection_->end().empty())) return;
  pollfd waiting{-1, POLLIN, 0};  // poll(2) sleeps through a negative descriptor
  if (state_ == State::kResting) longest = std::min(longest, retry_ - now_);
  if (dial_) waiting = {dial_->socket(), POLLOUT, 0};
  if (connection_) {
    waiting.fd = connection_->socket();
    if (connection_->wants_write()) waiting.events |= POLLOUT;
  }
  static_cast<void>(::poll(&waiting, 1, poll_timeout_ms(longest)));  // a signal ends it early: fine
}

void MqttLink::close() {
  if (state_ == State::kUp) connection_->close();
  connection_.reset();
  dial_.reset();
  events_.clear();
  state_ = State::kClosed;
}

void MqttLink::start() {
  Result<Dial> started = Dial::start(options_.host, options_.port);
  if (!started) return fail(started.error().message);
  dial_ = std::move(*started);
  state_ = State::kDialling;
}

void MqttLink::dial() {
  const std::optional<Result<std::string>> answer = dial_->poll(now_);
  if (!answer) return;
  dial_.reset();
  if (!answer->ok()) return fail(answer->error().message);
  const Result<MqttSetup> setup = setup_for(**answer);
  if (!setup) return fail(setup.error().message);
  Result<MqttConnection> opened = MqttConnection::open(*setup);
  if (!opened) return fail(opened.error().message);
  connection_ = std::move(*opened);
  state_ = State::kConnecting;
  deadline_ = now_ + kConnectTimeout;
}

Result<MqttSetup> MqttLink::setup_for(const std::string& address) const {
  MqttSetup setup;
  setup.address = address;
  setup.port = options_.port;
  setup.client_id = options_.client_id;
  setup.v5 = v5_;
  setup.keep_alive = options_.keep_alive;
  setup.packet_bytes_max = session_.packet_bytes_max;
  setup.last_will = session_.last_will;
  setup.subscriptions = session_.subscriptions;
  if (!options_.credentials_file.empty()) {
    // Read anew each time, so that a changed password needs no restart.
    Result<Credentials> credentials = read_credentials(options_.credentials_file);
    if (!credentials) return credentials.error();
    setup.credentials = std::move(*credentials);
  }
  return setup;
}

void MqttLink::serve() {
  connection_->serve();
  const std::string end = connection_->end();
  if (connection_->version_refused() && v5_ && options_.version == MqttVersion::kAutomatic) {
    return fall_back();
  }
  if (state_ == State::kConnecting && end.empty() && connection_->is_ready()) {
    state_ = State::kUp;
    up_since_ = now_;
    events_.emplace_back(LinkUp{});
  }
  std::deque<LinkEvent>& arrived = connection_->events();
  std::move(arrived.begin(), arrived.end(), std::back_inserter(events_));
  arrived.clear();
  if (!end.empty()) return fail(end);
  if (state_ == State::kConnecting && now_ >= deadline_) fail("the broker does not answer");
}

// Old brokers know only 3.1.1. They know it for as long as this process runs.
void MqttLink::fall_back() {
  log(LogLevel::kInfo, "uplink: the broker refuses MQTT v5, using 3.1.1");
  v5_ = false;
  connection_.reset();
  state_ = State::kResting;
  retry_ = now_;
}

void MqttLink::fail(const std::string& why) {
  if (state_ == State::kUp && now_ - up_since_ >= kGoodAfter) backoff_.reset();
  connection_.reset();
  dial_.reset();
  state_ = State::kResting;
  retry_ = now_ + backoff_.next();
  events_.emplace_back(LinkDown{why});
}

}  // namespace sluice::uplink
