#include "uplink/mqtt_link.hpp"

#include <poll.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "core/check.hpp"
#include "core/log.hpp"
#include "uplink/backoff.hpp"
#include "uplink/credentials.hpp"
#include "uplink/dial.hpp"

namespace sluice::uplink {
namespace {

// From the first byte to the last granted subscription.
constexpr Duration kConnectTimeout = std::chrono::seconds(30);
// A connection that lasts this long was a good one: the next back-off begins small again.
constexpr Duration kGoodAfter = std::chrono::seconds(10);
// One read of the library yields a handful; more means that something is very wrong.
constexpr std::size_t kEventsMax = 1'024;
// Goodbye: this many looks of this many milliseconds at the socket.
constexpr int kCloseRounds = 20;
constexpr int kCloseRoundMs = 50;
// What the library accepts.
constexpr int kKeepAliveMinS = 5;
constexpr int kKeepAliveMaxS = 65'535;
// MQTT v5: a reason code from here on is a refusal.
constexpr int kRefusal = 0x80;

struct DestroyClient {
  void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};
using Client = std::unique_ptr<mosquitto, DestroyClient>;

struct FreeProperties {
  void operator()(mosquitto_property* list) const { mosquitto_property_free_all(&list); }
};
using Properties = std::unique_ptr<mosquitto_property, FreeProperties>;

// The library counts its users and sets itself up for the first.
struct Library {
  Library() { mosquitto_lib_init(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() { mosquitto_lib_cleanup(); }
};

// Rounded up, so that waiting for a deadline does not spin through its last millisecond.
int poll_timeout_ms(Duration longest) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
  return static_cast<int>(std::clamp<std::int64_t>(ms, 0, std::numeric_limits<int>::max()));
}

}  // namespace

struct MqttLink::Impl {
  enum class State { kResting, kDialling, kConnecting, kUp, kClosed };
  struct UnderWay {
    int message_id = 0;
    std::uint32_t token = 0;
  };

  Impl(const LinkOptions& link_options, MqttSession link_session)
      : options(link_options),
        session(std::move(link_session)),
        backoff(std::mt19937_64(session.seed)),
        v5(options.version != MqttVersion::kV311) {}

  // Each takes one step of its state, and may leave it.
  void dial();
  void connect(const std::string& address);
  void serve();

  Result<> set_up(mosquitto* fresh);
  Result<> subscribe();
  void become_up();
  void fall_back();
  void fail(const std::string& why);
  void flush();

  // Called by the library from inside loop_read() and friends; they only note what happened.
  void set_callbacks();
  static void on_connect(mosquitto*, void* self, int reason, int flags,
                         const mosquitto_property*) noexcept;
  static void on_disconnect(mosquitto*, void* self, int reason, const mosquitto_property*) noexcept;
  static void on_subscribe(mosquitto*, void* self, int id, int count, const int* granted,
                           const mosquitto_property*) noexcept;
  static void on_publish(mosquitto*, void* self, int id, int reason,
                         const mosquitto_property*) noexcept;
  static void on_message(mosquitto*, void* self, const mosquitto_message* message,
                         const mosquitto_property*) noexcept;
  void note(LinkEvent event);

  const Library library;
  const LinkOptions options;
  const MqttSession session;
  Backoff backoff;
  bool v5;  // what the next connection speaks

  State state = State::kResting;
  Instant now;  // of the last poll()
  Instant retry = Instant::min();
  Instant deadline;
  Instant up_since;
  std::optional<Dial> dialling;
  Client client;
  std::deque<LinkEvent> events;
  std::vector<UnderWay> under_way;
  std::uint32_t last_token = 0;

  // What the callbacks noted of the present connection.
  bool accepted = false;
  bool version_refused = false;
  std::size_t granted_count = 0;
  std::string broken;  // why it cannot go on; empty while it can
};

// ---- The seam -----------------------------------------------------------------------------------

MqttLink::MqttLink(const LinkOptions& options, MqttSession session)
    : impl_(std::make_unique<Impl>(options, std::move(session))) {}

MqttLink::~MqttLink() = default;

std::optional<LinkEvent> MqttLink::poll(Instant now) {
  Impl& link = *impl_;
  link.now = now;
  // What comes between two grants waits behind LinkUp, but must not keep the link from being served.
  if (link.events.empty() || link.state == Impl::State::kConnecting) {
    if (link.state == Impl::State::kResting && now >= link.retry) link.dial();
    if (link.state == Impl::State::kDialling) {
      if (const std::optional<Result<std::string>> answer = link.dialling->poll(now)) {
        link.dialling.reset();
        if (answer->ok()) {
          link.connect(**answer);
        } else {
          link.fail(answer->error().message);
        }
      }
    }
    if (link.client) link.serve();
  }
  if (link.events.empty() || link.state == Impl::State::kConnecting) return std::nullopt;
  LinkEvent event = std::move(link.events.front());
  link.events.pop_front();
  return event;
}

Result<std::uint32_t> MqttLink::publish(std::string_view topic, std::span<const std::byte> payload,
                                        Retain retain) {
  Impl& link = *impl_;
  // The library would queue for later, without bound and without telling.
  if (link.state != Impl::State::kUp || !link.broken.empty()) {
    return Error{ErrorCode::kUnavailable, "no connection to the broker"};
  }
  if (link.under_way.size() >= link.session.in_flight_max) {
    return Error{ErrorCode::kFull, "the broker is behind"};
  }
  if (payload.size() > static_cast<std::size_t>(MQTT_MAX_PAYLOAD)) {
    return Error{ErrorCode::kRefused, "larger than MQTT allows"};
  }
  int id = 0;
  const int code = mosquitto_publish_v5(link.client.get(), &id, std::string(topic).c_str(),
                                        static_cast<int>(payload.size()), payload.data(), 1,
                                        retain == Retain::kYes, nullptr);
  switch (code) {
    case MOSQ_ERR_SUCCESS:
      link.under_way.push_back({id, ++link.last_token});
      return link.last_token;
    case MOSQ_ERR_OVERSIZE_PACKET:
    case MOSQ_ERR_PAYLOAD_SIZE:
    case MOSQ_ERR_QOS_NOT_SUPPORTED:
    case MOSQ_ERR_RETAIN_NOT_SUPPORTED:
      return Error{ErrorCode::kRefused, mosquitto_strerror(code)};
    default:
      // It may sit in the library's queue now; only a new handle is sure not to send it.
      link.broken = mosquitto_strerror(code);
      return Error{ErrorCode::kUnavailable, link.broken};
  }
}

void MqttLink::wait(Duration longest) {
  const Impl& link = *impl_;
  pollfd waiting{-1, POLLIN, 0};  // poll(2) sleeps through a negative descriptor
  if (link.state == Impl::State::kResting) longest = std::min(longest, link.retry - link.now);
  if (link.dialling) waiting = {link.dialling->socket(), POLLOUT, 0};
  if (link.client) {
    waiting.fd = mosquitto_socket(link.client.get());
    if (mosquitto_want_write(link.client.get())) waiting.events |= POLLOUT;
  }
  if (!link.events.empty() || !link.broken.empty()) return;
  static_cast<void>(::poll(&waiting, 1, poll_timeout_ms(longest)));  // a signal ends it early: fine
}

void MqttLink::close() {
  Impl& link = *impl_;
  if (link.state == Impl::State::kUp) link.flush();
  link.client.reset();
  link.dialling.reset();
  link.under_way.clear();
  link.events.clear();
  link.state = Impl::State::kClosed;
}

// ---- Coming up ----------------------------------------------------------------------------------

void MqttLink::Impl::dial() {
  Result<Dial> started = Dial::start(options.host, options.port);
  if (!started) return fail(started.error().message);
  dialling = std::move(*started);
  state = State::kDialling;
}

void MqttLink::Impl::connect(const std::string& address) {
  accepted = false;
  version_refused = false;
  granted_count = 0;
  broken.clear();
  events.clear();
  client.reset(mosquitto_new(options.client_id.c_str(), true, this));
  if (!client) return fail("the MQTT library cannot make a client: check the client id");
  if (const Result<> outcome = set_up(client.get()); !outcome) return fail(outcome.error().message);

  Properties properties;
  if (v5) {
    mosquitto_property* list = nullptr;
    const int code = mosquitto_property_add_int32(
        &list, MQTT_PROP_MAXIMUM_PACKET_SIZE, static_cast<std::uint32_t>(session.packet_bytes_max));
    properties.reset(list);
    if (code != MOSQ_ERR_SUCCESS) return fail(mosquitto_strerror(code));
  }
  const int keep_alive_s = static_cast<int>(std::clamp<std::int64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(options.keep_alive).count(), kKeepAliveMinS,
      kKeepAliveMaxS));
  const int code = mosquitto_connect_bind_v5(client.get(), address.c_str(), options.port,
                                             keep_alive_s, nullptr, properties.get());
  if (code != MOSQ_ERR_SUCCESS) return fail(address + ": " + mosquitto_strerror(code));
  state = State::kConnecting;
  deadline = now + kConnectTimeout;
}

Result<> MqttLink::Impl::set_up(mosquitto* fresh) {
  set_callbacks();
  int code = mosquitto_int_option(fresh, MOSQ_OPT_PROTOCOL_VERSION,
                                  v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  // Small messages must not wait for the acknowledgement of the one before.
  if (code == MOSQ_ERR_SUCCESS) code = mosquitto_int_option(fresh, MOSQ_OPT_TCP_NODELAY, 1);
  if (code == MOSQ_ERR_SUCCESS && session.last_will) {
    const Message& will = *session.last_will;
    code = mosquitto_will_set(fresh, will.topic.c_str(), static_cast<int>(will.payload.size()),
                              will.payload.data(), 1, will.retained);
  }
  if (code == MOSQ_ERR_SUCCESS && !options.credentials_file.empty()) {
    // Read anew each time, so that a changed password needs no restart.
    const Result<Credentials> credentials = read_credentials(options.credentials_file);
    if (!credentials) return credentials.error();
    code =
        mosquitto_username_pw_set(fresh, credentials->user.c_str(), credentials->password.c_str());
  }
  if (code != MOSQ_ERR_SUCCESS) return Error{ErrorCode::kInvalid, mosquitto_strerror(code)};
  return Ok{};
}

Result<> MqttLink::Impl::subscribe() {
  for (const std::string& filter : session.subscriptions) {
    const int code = mosquitto_subscribe_v5(client.get(), nullptr, filter.c_str(), 1, 0, nullptr);
    if (code != MOSQ_ERR_SUCCESS) {
      return Error{ErrorCode::kUnavailable, mosquitto_strerror(code)};
    }
  }
  return Ok{};
}

void MqttLink::Impl::become_up() {
  state = State::kUp;
  up_since = now;
  events.push_front(LinkUp{});
}

// ---- Staying up ---------------------------------------------------------------------------------

void MqttLink::Impl::serve() {
  mosquitto* const peer = client.get();
  const bool was_accepted = accepted;
  pollfd ready{mosquitto_socket(peer), POLLIN, 0};
  if (mosquitto_want_write(peer)) ready.events |= POLLOUT;
  int code = MOSQ_ERR_SUCCESS;
  if (::poll(&ready, 1, 0) > 0) {
    if ((ready.revents & ~POLLOUT) != 0) code = mosquitto_loop_read(peer, 1);
    if (code == MOSQ_ERR_SUCCESS && (ready.revents & POLLOUT) != 0) {
      code = mosquitto_loop_write(peer, 1);
    }
  }
  if (code == MOSQ_ERR_SUCCESS) code = mosquitto_loop_misc(peer);

  if (version_refused && v5 && options.version == MqttVersion::kAutomatic) return fall_back();
  if (code != MOSQ_ERR_SUCCESS && broken.empty()) broken = mosquitto_strerror(code);
  if (mosquitto_socket(peer) < 0 && broken.empty()) broken = "the broker closed the connection";
  if (accepted && !was_accepted && broken.empty()) {
    if (const Result<> outcome = subscribe(); !outcome) broken = outcome.error().message;
  }
  if (state == State::kConnecting && broken.empty()) {
    if (accepted && granted_count == session.subscriptions.size()) become_up();
    if (state == State::kConnecting && now >= deadline) broken = "the broker does not answer";
  }
  if (!broken.empty()) fail(std::exchange(broken, {}));
}

// Old brokers know only 3.1.1. They know it for as long as this process runs.
void MqttLink::Impl::fall_back() {
  log(LogLevel::kInfo, "uplink: the broker refuses MQTT v5, using 3.1.1");
  v5 = false;
  client.reset();
  events.clear();
  broken.clear();
  state = State::kResting;
  retry = now;
}

void MqttLink::Impl::fail(const std::string& why) {
  if (state == State::kUp && now - up_since >= kGoodAfter) backoff.reset();
  // What a connection brought before it was up was never announced.
  if (state != State::kUp) events.clear();
  client.reset();
  dialling.reset();
  under_way.clear();
  broken.clear();
  state = State::kResting;
  retry = now + backoff.next();
  events.push_back(LinkDown{why});
}

// Until the broker has taken everything, so that closing the socket does not cut off the end.
void MqttLink::Impl::flush() {
  mosquitto* const peer = client.get();
  for (int round = 0; round < kCloseRounds && !under_way.empty() && broken.empty(); ++round) {
    pollfd ready{mosquitto_socket(peer), POLLIN, 0};
    if (mosquitto_want_write(peer)) ready.events |= POLLOUT;
    if (::poll(&ready, 1, kCloseRoundMs) <= 0) continue;
    if (mosquitto_loop_write(peer, 1) != MOSQ_ERR_SUCCESS ||
        mosquitto_loop_read(peer, 1) != MOSQ_ERR_SUCCESS) {
      return;
    }
  }
  static_cast<void>(mosquitto_disconnect(peer));  // the connection goes in any case
}

// ---- Callbacks ----------------------------------------------------------------------------------

void MqttLink::Impl::set_callbacks() {
  mosquitto_connect_v5_callback_set(client.get(), on_connect);
  mosquitto_disconnect_v5_callback_set(client.get(), on_disconnect);
  mosquitto_subscribe_v5_callback_set(client.get(), on_subscribe);
  mosquitto_publish_v5_callback_set(client.get(), on_publish);
  mosquitto_message_v5_callback_set(client.get(), on_message);
}

void MqttLink::Impl::note(LinkEvent event) {
  if (events.size() < kEventsMax) {
    events.push_back(std::move(event));
  } else if (broken.empty()) {
    broken = "the broker sends more at once than can be held";
  }
}

void MqttLink::Impl::on_connect(mosquitto*, void* self, int reason, int,
                                const mosquitto_property*) noexcept {
  Impl& link = *static_cast<Impl*>(self);
  if (reason == 0) {
    link.accepted = true;
    return;
  }
  // A 3.1.1 broker says 1 where v5 says 0x84.
  link.version_refused =
      reason == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION || reason == CONNACK_REFUSED_PROTOCOL_VERSION;
  link.broken =
      std::string("the broker refuses us: ") +
      (reason >= kRefusal ? mosquitto_reason_string(reason) : mosquitto_connack_string(reason));
}

void MqttLink::Impl::on_disconnect(mosquitto*, void* self, int reason,
                                   const mosquitto_property*) noexcept {
  Impl& link = *static_cast<Impl*>(self);
  if (!link.broken.empty()) return;  // the first reason is the best one
  link.broken = reason >= kRefusal ? mosquitto_reason_string(reason) : mosquitto_strerror(reason);
}

void MqttLink::Impl::on_subscribe(mosquitto*, void* self, int, int count, const int* granted,
                                  const mosquitto_property*) noexcept {
  Impl& link = *static_cast<Impl*>(self);
  for (int i = 0; i < count; ++i) {
    if (granted[i] >= kRefusal) {
      link.broken = "the broker does not let us subscribe: check its access rules";
    } else {
      ++link.granted_count;
    }
  }
}

void MqttLink::Impl::on_publish(mosquitto*, void* self, int id, int reason,
                                const mosquitto_property*) noexcept {
  Impl& link = *static_cast<Impl*>(self);
  const auto found = std::find_if(link.under_way.begin(), link.under_way.end(),
                                  [id](const UnderWay& one) { return one.message_id == id; });
  if (found == link.under_way.end()) return;  // a PUBACK for nothing of ours
  link.note(Taken{found->token, reason >= kRefusal});
  link.under_way.erase(found);
}

void MqttLink::Impl::on_message(mosquitto*, void* self, const mosquitto_message* message,
                                const mosquitto_property*) noexcept {
  const auto* const bytes = static_cast<const std::byte*>(message->payload);
  const auto size = static_cast<std::size_t>(std::max(message->payloadlen, 0));
  static_cast<Impl*>(self)->note(
      Message{message->topic, size == 0 ? Bytes{} : Bytes(bytes, bytes + size), message->retain});
}

}  // namespace sluice::uplink
