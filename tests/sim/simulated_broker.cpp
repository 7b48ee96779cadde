#include "tests/sim/simulated_broker.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace sluice::sim {
namespace {

using namespace std::chrono_literals;

// As in the real session.
constexpr std::size_t kInFlightMax = 16;
// Until a half-open connection is noticed, and until a last will is sent.
constexpr Duration kKeepAliveMax = 60s;
constexpr Duration kRetryMax = 5s;

}  // namespace

bool matches(std::string_view filter, std::string_view topic) {
  for (;;) {
    const std::size_t filter_end = std::min(filter.find('/'), filter.size());
    const std::size_t topic_end = std::min(topic.find('/'), topic.size());
    const std::string_view wanted = filter.substr(0, filter_end);
    if (wanted != "+" && wanted != topic.substr(0, topic_end)) return false;
    const bool filter_ends = filter_end == filter.size();
    if (filter_ends || topic_end == topic.size()) {
      return filter_ends && topic_end == topic.size();
    }
    filter.remove_prefix(filter_end + 1);
    topic.remove_prefix(topic_end + 1);
  }
}

class SimulatedBroker::Line final : public uplink::Link {
 public:
  Line(SimulatedBroker& broker, End end) : broker_(broker), end_(end) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() override { broker_.let_go(end_); }

  // The broker has its own time: an end's may begin anew in the middle.
  std::optional<uplink::LinkEvent> poll(Instant) override { return broker_.poll(end_); }
  Result<std::uint32_t> publish(std::string_view topic, std::span<const std::byte> payload,
                                uplink::Retain retain) override {
    return broker_.publish(end_, topic, payload, retain);
  }
  void wait(Duration) override {}
  void close() override { broker_.close(end_); }

 private:
  SimulatedBroker& broker_;
  End end_;
};

SimulatedBroker::SimulatedBroker(const Manners& manners, Random random, Watch watch)
    : manners_(manners), random_(random), watch_(std::move(watch)) {}

std::unique_ptr<uplink::Link> SimulatedBroker::link(End end, Session session) {
  CHECK(!wire(end).held);
  wire(end).held = true;
  wire(end).muted = false;
  wire(end).session = std::move(session);
  wire(end).inbox.clear();
  wire(end).retry = now_ + delay();
  return std::make_unique<Line>(*this, end);
}

// ---- Time ---------------------------------------------------------------------------------------

bool SimulatedBroker::later(const Transit& a, const Transit& b) {
  return a.due != b.due ? a.due > b.due : a.order > b.order;
}

void SimulatedBroker::send(Instant due, End end, std::uint64_t connection,
                           std::variant<Inbound, uplink::LinkEvent, Break> load) {
  transits_.push_back({due, ++order_, end, connection, std::move(load)});
  std::push_heap(transits_.begin(), transits_.end(), later);
}

Instant SimulatedBroker::next() const {
  return transits_.empty() ? Instant::max() : transits_.front().due;
}

void SimulatedBroker::step(Instant now) {
  CHECK(now >= now_);
  while (next() <= now) {
    std::pop_heap(transits_.begin(), transits_.end(), later);
    Transit transit = std::move(transits_.back());
    transits_.pop_back();
    now_ = std::max(now_, transit.due);
    std::visit([&](auto& load) { arrive(transit.end, transit.connection, std::move(load)); },
               transit.load);
  }
  now_ = now;
}

Instant SimulatedBroker::reachable(End end) const {
  return std::max({wire(end).retry, wire(end).cut_until, down_until_});
}

Instant SimulatedBroker::due(End end) const {
  const Wire& line = wire(end);
  if (!line.held) return Instant::max();
  if (!line.inbox.empty()) return now_;
  return line.up || line.muted ? Instant::max() : reachable(end);
}

// ---- Messages -----------------------------------------------------------------------------------

void SimulatedBroker::arrive(End end, std::uint64_t connection, Inbound&& inbound) {
  if (now_ < down_until_) return;
  const bool connected = wire(end).up && wire(end).connection == connection;
  if (inbound.token != 0) {
    // What a broken connection still held has reached the broker or not.
    if (!connected && random_.chance(0.5)) return;
    const bool refused = random_.chance(manners_.refuse);
    send(now_ + delay(), end, connection, uplink::LinkEvent(uplink::Taken{inbound.token, refused}));
    if (refused || random_.chance(manners_.forget)) return;
  }
  if (inbound.message.retained) retained_[inbound.message.topic] = inbound.message;
  inbound.message.retained = false;
  route(inbound.message);
}

void SimulatedBroker::route(const uplink::Message& message) {
  for (const End end : {End::kGateway, End::kCollector}) {
    const std::vector<std::string>& filters = wire(end).session.filters;
    const bool wanted = std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
      return matches(filter, message.topic);
    });
    if (wanted && wire(end).up) deliver(end, message);
  }
}

void SimulatedBroker::deliver(End end, uplink::Message message) {
  if (random_.chance(manners_.duplicate)) {
    const Duration late = random_.between(Duration::zero(), manners_.duplicate_late);
    send(now_ + delay() + late, end, 0, uplink::LinkEvent(message));
  }
  send(now_ + delay(), end, wire(end).connection, uplink::LinkEvent(std::move(message)));
}

void SimulatedBroker::arrive(End end, std::uint64_t connection, uplink::LinkEvent&& event) {
  Wire& line = wire(end);
  if (!line.up || line.muted) return;
  if (connection != 0 && connection != line.connection) return;
  if (std::holds_alternative<uplink::Taken>(event) && line.in_flight > 0) --line.in_flight;
  line.inbox.push_back(std::move(event));
}

void SimulatedBroker::arrive(End end, std::uint64_t connection, Break&&) {
  if (wire(end).connection != connection) return;
  disconnect(end, "keep-alive", now_ + random_.between(Duration::zero(), kRetryMax));
}

// ---- Connections --------------------------------------------------------------------------------

void SimulatedBroker::connect(End end) {
  Wire& line = wire(end);
  line.up = true;
  ++line.connection;
  line.in_flight = 0;
  line.inbox.emplace_back(uplink::LinkUp{});
  for (const auto& [topic, message] : retained_) {
    const bool wanted =
        std::any_of(line.session.filters.begin(), line.session.filters.end(),
                    [&name = topic](const std::string& filter) { return matches(filter, name); });
    if (wanted) deliver(end, message);
  }
}

void SimulatedBroker::disconnect(End end, const char* why, Instant retry) {
  Wire& line = wire(end);
  line.retry = retry;
  if (!std::exchange(line.up, false)) return;
  line.inbox.emplace_back(uplink::LinkDown{why});
  if (line.session.last_will) {
    send(now_ + random_.between(Duration::zero(), kKeepAliveMax), end, 0,
         Inbound{*line.session.last_will, 0});
  }
}

void SimulatedBroker::cut(End end, Instant until) {
  wire(end).cut_until = std::max(wire(end).cut_until, until);
  disconnect(end, "outage", until);
}

void SimulatedBroker::restart(Instant back_at) {
  down_until_ = std::max(down_until_, back_at);
  retained_.clear();
  transits_.clear();
  for (const End end : {End::kGateway, End::kCollector}) {
    disconnect(end, "broker restarts", back_at + random_.between(Duration::zero(), kRetryMax));
  }
  transits_.clear();  // the last wills too
}

void SimulatedBroker::mute(End end) {
  wire(end).muted = true;
}

void SimulatedBroker::calm() {
  manners_ = Manners{.delay_min = manners_.delay_min, .delay_max = manners_.delay_max};
  down_until_ = now_;
  for (Wire& line : wires_) line.cut_until = now_;
}

// ---- What the ends do ---------------------------------------------------------------------------

std::optional<uplink::LinkEvent> SimulatedBroker::poll(End end) {
  Wire& line = wire(end);
  if (!line.up && !line.muted && line.inbox.empty() && now_ >= reachable(end)) connect(end);
  if (line.inbox.empty()) return std::nullopt;
  uplink::LinkEvent event = std::move(line.inbox.front());
  line.inbox.pop_front();
  const auto* const message = std::get_if<uplink::Message>(&event);
  if (message != nullptr && watch_.delivered) watch_.delivered(end, *message);
  return event;
}

Result<std::uint32_t> SimulatedBroker::publish(End end, std::string_view topic,
                                               std::span<const std::byte> payload,
                                               uplink::Retain retain) {
  Wire& line = wire(end);
  if (!line.up || line.muted) return Error{ErrorCode::kUnavailable, "no connection"};
  if (line.in_flight >= kInFlightMax) return Error{ErrorCode::kFull, "too much under way"};
  ++line.in_flight;
  ++token_;
  Inbound inbound{
      {std::string(topic), Bytes(payload.begin(), payload.end()), retain == uplink::Retain::kYes},
      token_};
  if (watch_.published) watch_.published(end, inbound.message);
  if (random_.chance(manners_.lose)) {
    send(now_ + random_.between(Duration::zero(), kKeepAliveMax), end, line.connection, Break{});
  } else {
    send(now_ + delay(), end, line.connection, std::move(inbound));
  }
  return token_;
}

void SimulatedBroker::close(End end) {
  wire(end).session.last_will.reset();
  disconnect(end, "closed", Instant::max());
}

void SimulatedBroker::let_go(End end) {
  disconnect(end, "gone", Instant::max());
  wire(end).held = false;
  wire(end).inbox.clear();
}

}  // namespace sluice::sim
