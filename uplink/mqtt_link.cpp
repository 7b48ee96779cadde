#include "uplink/mqtt_link.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

#include "core/check.hpp"
#include "core/log.hpp"
#include "uplink/credentials.hpp"
#include "uplink/mqtt_reason.hpp"
#include "uplink/tcp_socket.hpp"

namespace sluice::uplink {
namespace {

// The resolver has no descriptor to wait for; it is looked at this often.
constexpr Duration kLookEvery = std::chrono::milliseconds(20);
// Often enough for a file that is written once a day.
constexpr Duration kLearnEvery = std::chrono::hours(1);
// The library pings by whole seconds.
constexpr Duration kSlack = std::chrono::seconds(2);

// Rounded up, so that waiting for a deadline does not spin through its last millisecond.
int poll_timeout_ms(Duration longest) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
  return static_cast<int>(std::clamp<std::int64_t>(ms, 0, std::numeric_limits<int>::max()));
}

}  // namespace

MqttLink::MqttLink(const LinkOptions& options, MqttSession session,
                   std::unique_ptr<RouteWatch> routes)
    : options_(options),
      session_(std::move(session)),
      backoff_(std::mt19937_64(session_.seed), options.retry_max),
      keep_alive_(options.keep_alive),
      good_time_(session_.good_time_file, session_.built),
      lookup_(options.host),
      v5_(options.version != MqttVersion::kV311),
      routes_(std::move(routes)) {
  CHECK(!options_.use_tls || session_.wall_clock);
}

std::optional<LinkEvent> MqttLink::poll(Instant now) {
  now_ = now;
  if (state_ == State::kNew) begin();
  if (events_.empty()) {
    if (state_ == State::kResting && now >= retry_) start();
    if (state_ == State::kResolving) resolve();
    if (connection_) serve();
    if (events_.empty() && routes_) watch_route();
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
  if (connection_->publications_under_way() >=
      std::min(session_.in_flight_max, connection_->limits().receive_max)) {
    return Error{ErrorCode::kFull, "the broker is behind"};
  }
  return connection_->publish(topic, payload, retain);
}

std::optional<Instant> MqttLink::next_try() const {
  return state_ == State::kResting ? std::optional(retry_) : std::nullopt;
}

void MqttLink::wait(Duration longest) {
  if (!events_.empty() || (connection_ && connection_->end().kind != LinkFault::kNone)) return;
  // poll(2) sleeps through a negative descriptor.
  std::array<pollfd, 2> waiting{pollfd{-1, 0, 0}, pollfd{-1, POLLIN, 0}};
  if (routes_) waiting[1].fd = routes_->descriptor();
  longest = std::min(longest, route_due_ - std::min(now_, route_due_));
  if (state_ == State::kResting) longest = std::min(longest, retry_ - now_);
  if (state_ == State::kResolving) longest = std::min(longest, kLookEvery);
  if (connection_) {
    waiting[0].fd = connection_->socket();
    if (connection_->wants_read()) waiting[0].events |= POLLIN;
    if (connection_->wants_write()) waiting[0].events |= POLLOUT;
  }
  // A signal ends it early: fine.
  static_cast<void>(::poll(waiting.data(), waiting.size(), poll_timeout_ms(longest)));
}

void MqttLink::close() {
  if (state_ == State::kUp) connection_->close();
  let_go();
  events_.clear();
  state_ = State::kClosed;
}

Traffic MqttLink::traffic() const {
  Traffic total = past_traffic_;
  if (connection_) {
    total.bytes_sent += connection_->traffic().bytes_sent;
    total.bytes_received += connection_->traffic().bytes_received;
  }
  return total;
}

void MqttLink::begin() {
  state_ = State::kResting;
  const Duration uptime = now_ - instant_from_ns(0);
  retry_ = uptime < kPowerReturn ? now_ + backoff_.spread(kPowerReturnSpread) : now_;
}

void MqttLink::start() {
  lookup_.start();
  state_ = State::kResolving;
  deadline_ = now_ + kLookupTimeout;
}

void MqttLink::resolve() {
  std::optional<Result<std::vector<std::string>>> answer = lookup_.poll();
  if (!answer) {
    if (now_ < deadline_) return;
    return fail({LinkFault::kDns, "the resolver does not say where " + options_.host + " is"});
  }
  if (!answer->ok()) return fail({LinkFault::kDns, answer->error().message});
  addresses_ = std::move(**answer);
  next_address_ = 0;
  addresses_deadline_ = now_ + kAddressesTimeout;
  connect_next();
}

void MqttLink::connect_next() {
  MqttSetup setup;
  setup.address = addresses_[next_address_++];
  if (routes_) interface_ = routes_->interface_to(setup.address);
  if (std::optional<Fault> fault = prepare(setup)) return fail(std::move(*fault));
  let_go();
  connection_ = MqttConnection::open(std::move(setup));
  state_ = State::kConnecting;
  deadline_ = std::min(now_ + kAddressTimeout, addresses_deadline_);
}

// The library (2.0.11) aborts on a v5 property of a kind that it does not know: unasked, v5 is
// spoken where nobody can change a byte on the way.
bool MqttLink::is_guarded(const std::string& address) const {
  return options_.use_tls || address.starts_with("127.") || address == "::1";
}

std::optional<Fault> MqttLink::prepare(MqttSetup& setup) const {
  setup.port = options_.port;
  setup.client_id = options_.client_id;
  setup.v5 = v5_ && (options_.version == MqttVersion::kV5 || is_guarded(setup.address));
  setup.keep_alive = keep_alive_.now();
  setup.packet_bytes_max = session_.packet_bytes_max;
  setup.last_will = session_.last_will;
  if (setup.last_will && !retained_will_) setup.last_will->retained = false;
  setup.subscriptions = session_.subscriptions;
  setup.may_be_refused = session_.may_be_refused;
  // Files are read anew each time, so that changed ones need no restart.
  if (!options_.credentials_file.empty()) {
    Result<Credentials> credentials = read_credentials(options_.credentials_file);
    if (!credentials) return Fault{LinkFault::kCredentials, credentials.error().message};
    setup.credentials = std::move(*credentials);
  }
  if (options_.use_tls) {
    const MqttSession::WallClock clock = session_.wall_clock();
    Result<TlsContext> tls = TlsContext::make(options_.tls, options_.host,
                                              {clock.time, clock.synchronised, good_time_.floor()});
    if (!tls) return Fault{LinkFault::kTlsSetup, tls.error().message};
    setup.tls = std::move(*tls);
  }
  return std::nullopt;
}

void MqttLink::serve() {
  const std::uint64_t heard_before = connection_->traffic().bytes_received;
  connection_->serve();
  if (connection_->traffic().bytes_received != heard_before) heard_ = now_;
  if (state_ == State::kConnecting && connection_->is_connected()) {
    state_ = State::kGreeting;
    deadline_ = now_ + kGreetingTimeout;
  }
  const Fault end = connection_->end();
  const bool over = end.kind != LinkFault::kNone;
  const int refusal = connection_->refusal();
  if (is_version_refusal(refusal) && v5_ && options_.version == MqttVersion::kAutomatic) {
    // Old brokers know only 3.1.1. They know it for as long as this process runs.
    log(LogLevel::kInfo, "uplink: the broker refuses MQTT v5, using 3.1.1");
    v5_ = false;
    return retry_at_once();
  }
  if (is_retain_refusal(refusal) && retained_will_) {
    retained_will_ = false;
    return retry_at_once();
  }
  if (state_ == State::kGreeting && !over && connection_->is_ready()) come_up();
  std::deque<LinkEvent>& arrived = connection_->events();
  std::move(arrived.begin(), arrived.end(), std::back_inserter(events_));
  arrived.clear();
  if (state_ == State::kUp && !over) return learn_time();
  if (!over && now_ < deadline_) return;
  // Whoever has answered, with a wrong certificate for one, is the broker: no other address is.
  const bool silent = !over || end.kind == LinkFault::kUnreachable;
  if (state_ == State::kConnecting && silent && next_address_ < addresses_.size() &&
      now_ < addresses_deadline_) {
    return connect_next();
  }
  if (over) return fail(end);
  if (state_ == State::kGreeting) return fail({LinkFault::kTimeout, "the broker does not answer"});
  fail({LinkFault::kUnreachable, addresses_[next_address_ - 1] + " does not answer"});
}

void MqttLink::come_up() {
  state_ = State::kUp;
  up_since_ = now_;
  if (interface_.empty()) interface_ = interface_of(connection_->socket());
  events_.emplace_back(LinkUp{connection_->limits(), interface_});
  if (const std::optional<WallTime> since = connection_->certificate_valid_since()) {
    good_time_due_ = now_;
    static_cast<void>(good_time_.learn(*since));  // as in learn_time()
  }
}

// A clock that is synchronised while the connection stands is worth remembering too.
void MqttLink::learn_time() {
  if (!options_.use_tls || now_ < good_time_due_) return;
  good_time_due_ = now_ + kLearnEvery;
  const MqttSession::WallClock clock = session_.wall_clock();
  if (!clock.synchronised) return;
  if (!good_time_.learn(clock.time)) {
    log(LogLevel::kWarning, "uplink: cannot write " + session_.good_time_file +
                                "; after a restart without a clock certificates are held against "
                                "an older time");
  }
}

// TCP holds on to the address that it began with. When another interface carries the way, packets
// from that address are lost there, or go on at the other one's cost under this one's profile: so a
// new connection is made. Without any way there is nothing better than to wait for the old one.
void MqttLink::watch_route() {
  if (routes_->changed()) route_due_ = std::min(route_due_, now_ + kRouteSettles);
  if (now_ < route_due_) return;
  route_due_ = Instant::max();
  if (next_address_ == 0) return;
  const std::string interface = routes_->interface_to(addresses_[next_address_ - 1]);
  if (interface.empty()) return;
  const bool moved = interface != interface_;
  if (connection_) {
    // The same interface may have got another address.
    const bool lost = connection_->is_connected() && interface_of(connection_->socket()).empty();
    if (!moved && !lost) return;
    fail({LinkFault::kRouteChanged, moved ? "the way to it is over " + interface + " now"
                                          : interface + " has another address now"});
  } else if (state_ == State::kResting && moved && !refused_) {
    retry_ = std::min(retry_, now_);
  }
}

void MqttLink::retry_at_once() {
  let_go();
  state_ = State::kResting;
  retry_ = now_;
}

void MqttLink::fail(Fault fault) {
  Duration lasted = kGoodAfter;  // of what was never up
  if (state_ == State::kUp) {
    lasted = now_ - up_since_;
    const Duration bearable = connection_->limits().keep_alive;
    if (lasted >= kGoodAfter) backoff_.reset();
    // What the broker has imposed proves nothing about the way to it.
    if (bearable == keep_alive_.now()) {
      keep_alive_.ended(lasted,
                        fault.kind == LinkFault::kLost && now_ - heard_ >= bearable - kSlack);
    }
  }
  refused_ = is_refusal(fault.kind) || is_takeover_war(fault.kind);
  let_go();
  state_ = State::kResting;
  // No other gateway has lost its way at the same time.
  const bool at_once = fault.kind == LinkFault::kRouteChanged && lasted >= kGoodAfter;
  retry_ = at_once    ? now_
           : refused_ ? now_ + backoff_.next_after_refusal()
                      : now_ + backoff_.next();
  events_.emplace_back(LinkDown{std::move(fault.text), fault.kind});
}

void MqttLink::let_go() {
  past_traffic_ = traffic();
  connection_.reset();
}

bool MqttLink::is_takeover_war(LinkFault fault) {
  if (fault != LinkFault::kTakenOver) return false;
  takeovers_.push_back(now_);
  std::erase_if(takeovers_, [this](Instant at) { return now_ - at >= kTakeoversWithin; });
  if (takeovers_.size() <= kTakeoversMax) return false;
  takeovers_.clear();
  log(LogLevel::kError, "uplink: somebody else connects as " + options_.client_id +
                            " again and again; is this a copy of another gateway?");
  return true;
}

}  // namespace sluice::uplink
