#include "uplink/mqtt_connection.hpp"

#include <poll.h>

#include <algorithm>
#include <memory>
#include <utility>

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "core/check.hpp"
#include "uplink/mqtt_connection_impl.hpp"
#include "uplink/mqtt_reason.hpp"
#include "uplink/tcp_socket.hpp"

namespace sluice::uplink {
namespace {

// Goodbye: looks of so many milliseconds at the socket, half of what app/threads.cpp allows for it.
constexpr int kCloseRounds = 10;
constexpr int kCloseRoundMs = 50;
// What the library accepts.
constexpr int kKeepAliveMinS = 5;
constexpr int kKeepAliveMaxS = 65'535;
// The ping after the longest silence is not acknowledged for half as long: the peer is gone.
constexpr int kSilencesPerUnacknowledged = 2;

struct FreeProperties {
  void operator()(mosquitto_property* list) const { mosquitto_property_free_all(&list); }
};

int keep_alive_s(Duration keep_alive) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(keep_alive).count();
  return static_cast<int>(std::clamp<std::int64_t>(seconds, kKeepAliveMinS, kKeepAliveMaxS));
}

}  // namespace

MqttConnection MqttConnection::open(MqttSetup setup) {
  auto impl = std::make_unique<Impl>();
  impl->setup = std::move(setup);
  impl->client.reset(mosquitto_new(impl->setup.client_id.c_str(), true, impl.get()));
  if (!impl->client) {
    impl->finish(LinkFault::kProtocol, "the MQTT library refuses the client id");
    return MqttConnection(std::move(impl));
  }
  if (const int code = impl->set_up(); code != MOSQ_ERR_SUCCESS) {
    impl->finish(LinkFault::kProtocol, words_for(code));
  } else if (const int failure = impl->connect(); failure == MOSQ_ERR_TLS) {
    impl->finish(failure);  // a broker nearby answers before connect() is back
  } else if (failure != MOSQ_ERR_SUCCESS) {
    impl->finish(LinkFault::kUnreachable, impl->setup.address + ": " + words_for(failure));
  }
  return MqttConnection(std::move(impl));
}

MqttConnection::MqttConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MqttConnection::MqttConnection(MqttConnection&&) noexcept = default;
MqttConnection& MqttConnection::operator=(MqttConnection&&) noexcept = default;
MqttConnection::~MqttConnection() = default;

void MqttConnection::serve() {
  Impl& self = *impl_;
  if (self.end.kind != LinkFault::kNone) return;
  if (!self.connected) self.await_connection();
  if (!self.connected || self.end.kind != LinkFault::kNone) return;
  if (const int code = self.exchange(); code != MOSQ_ERR_SUCCESS) self.finish(code);
  if (socket() < 0) self.finish(MOSQ_ERR_SUCCESS);
  if (self.accepted && !self.subscribed && self.end.kind == LinkFault::kNone) self.subscribe();
}

bool MqttConnection::is_connected() const {
  return impl_->connected;
}
bool MqttConnection::is_ready() const {
  return impl_->accepted && impl_->granted_count == impl_->setup.subscriptions.size();
}
const Fault& MqttConnection::end() const {
  return impl_->end;
}
int MqttConnection::refusal() const {
  return impl_->refusal;
}
std::deque<LinkEvent>& MqttConnection::events() {
  return impl_->events;
}
std::size_t MqttConnection::publications_under_way() const {
  return impl_->under_way.size();
}
const BrokerLimits& MqttConnection::limits() const {
  return impl_->limits;
}
std::optional<WallTime> MqttConnection::certificate_valid_since() const {
  return impl_->setup.tls ? impl_->setup.tls->valid_since() : std::nullopt;
}
const Traffic& MqttConnection::traffic() const {
  return impl_->traffic;
}
int MqttConnection::socket() const {
  return impl_->client ? mosquitto_socket(impl_->client.get()) : -1;
}
bool MqttConnection::wants_read() const {
  return impl_->connected;
}
bool MqttConnection::wants_write() const {
  if (!impl_->connected) return true;
  // While the hands are shaken the library says that it wants to write and does nothing then.
  if (impl_->is_shaking_hands()) {
    return tls_progress(mosquitto_ssl_get(impl_->client.get())) == TlsProgress::kWantsWrite;
  }
  return mosquitto_want_write(impl_->client.get());
}

Result<std::uint32_t> MqttConnection::publish(std::string_view topic,
                                              std::span<const std::byte> payload, Retain retain) {
  Impl& self = *impl_;
  CHECK(is_ready());
  if (self.end.kind != LinkFault::kNone) return Error{ErrorCode::kUnavailable, self.end.text};
  if (payload.size() > MQTT_MAX_PAYLOAD) {
    return Error{ErrorCode::kRefused, "larger than MQTT allows"};
  }
  int id = 0;
  const int code = mosquitto_publish_v5(self.client.get(), &id, std::string(topic).c_str(),
                                        static_cast<int>(payload.size()), payload.data(), 1,
                                        retain == Retain::kYes && self.limits.retain, nullptr);
  switch (code) {
    case MOSQ_ERR_SUCCESS:
      self.under_way.push_back({id, ++self.last_token});
      return self.last_token;
    case MOSQ_ERR_OVERSIZE_PACKET:
    case MOSQ_ERR_PAYLOAD_SIZE:
      return Error{ErrorCode::kRefused, words_for(code)};
    default:
      // It may sit in the library's queue now; only the end of this client is sure not to send it.
      self.finish(code);
      return Error{ErrorCode::kUnavailable, self.end.text};
  }
}

void MqttConnection::close() {
  mosquitto* const client = impl_->client.get();
  // Until the broker has taken everything, so that closing the socket does not cut off the end.
  for (int round = 0; round < kCloseRounds && !impl_->under_way.empty(); ++round) {
    pollfd ready{socket(), POLLIN, 0};
    if (wants_write()) ready.events |= POLLOUT;
    if (::poll(&ready, 1, kCloseRoundMs) <= 0) continue;
    if (impl_->exchange() != MOSQ_ERR_SUCCESS || impl_->end.kind != LinkFault::kNone) return;
  }
  static_cast<void>(mosquitto_disconnect(client));  // the connection goes in any case
}

int MqttConnection::Impl::set_up() {
  mosquitto* const to = client.get();
  hear();
  int code = mosquitto_int_option(to, MOSQ_OPT_PROTOCOL_VERSION,
                                  setup.v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  // Small messages must not wait for the acknowledgement of the one before.
  if (code == MOSQ_ERR_SUCCESS) code = mosquitto_int_option(to, MOSQ_OPT_TCP_NODELAY, 1);
  if (code == MOSQ_ERR_SUCCESS && setup.tls) {
    // Without its defaults the library changes nothing in the context.
    code = mosquitto_int_option(to, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
    if (code == MOSQ_ERR_SUCCESS) {
      code = mosquitto_void_option(to, MOSQ_OPT_SSL_CTX, setup.tls->native());
    }
  }
  if (code == MOSQ_ERR_SUCCESS && setup.last_will) {
    const Message& will = *setup.last_will;
    code = mosquitto_will_set(to, will.topic.c_str(), static_cast<int>(will.payload.size()),
                              will.payload.data(), 1, will.retained);
  }
  if (code == MOSQ_ERR_SUCCESS && setup.credentials) {
    code = mosquitto_username_pw_set(to, setup.credentials->user.c_str(),
                                     setup.credentials->password.c_str());
  }
  return code;
}

int MqttConnection::Impl::connect() {
  const int keep_alive = keep_alive_s(setup.keep_alive);
  limits.keep_alive = std::chrono::seconds(keep_alive);
  if (setup.v5) {
    mosquitto_property* list = nullptr;
    const int code = mosquitto_property_add_int32(
        &list, MQTT_PROP_MAXIMUM_PACKET_SIZE, static_cast<std::uint32_t>(setup.packet_bytes_max));
    if (code != MOSQ_ERR_SUCCESS) return code;
    const std::unique_ptr<mosquitto_property, FreeProperties> properties(list);
    // The library takes properties with its blocking connect alone, and keeps them for the other.
    // Without host and port this one fails before it has done anything else.
    static_cast<void>(
        mosquitto_connect_bind_v5(client.get(), "", 0, keep_alive, nullptr, properties.get()));
  }
  return mosquitto_connect_bind_async(client.get(), setup.address.c_str(), setup.port, keep_alive,
                                      nullptr);
}

void MqttConnection::Impl::await_connection() {
  const int descriptor = mosquitto_socket(client.get());
  const std::optional<std::string> outcome = connect_outcome(descriptor);
  if (!outcome) return;
  if (!outcome->empty()) {
    return finish(LinkFault::kUnreachable, setup.address + ": " + *outcome);
  }
  connected = true;
  limit_unacknowledged(descriptor, limits.keep_alive / kSilencesPerUnacknowledged);
}

bool MqttConnection::Impl::is_shaking_hands() const {
  const void* const ssl = mosquitto_ssl_get(client.get());
  return ssl != nullptr && tls_progress(ssl) != TlsProgress::kDone;
}

// What the socket is ready for, and what the clock asks for.
int MqttConnection::Impl::exchange() {
  mosquitto* const with = client.get();
  const bool shaking_hands = is_shaking_hands();
  pollfd ready{mosquitto_socket(with), POLLIN, 0};
  if (shaking_hands || mosquitto_want_write(with)) ready.events |= POLLOUT;
  int code = MOSQ_ERR_SUCCESS;
  if (::poll(&ready, 1, 0) > 0) {
    // Shaking hands is reading to the library, whatever it waits for.
    if (shaking_hands || (ready.revents & ~POLLOUT) != 0) code = mosquitto_loop_read(with, 1);
    if (code == MOSQ_ERR_SUCCESS && !shaking_hands && (ready.revents & POLLOUT) != 0) {
      code = mosquitto_loop_write(with, 1);
    }
    // The library takes a connection that breaks at that time for one that goes on.
    if (code == MOSQ_ERR_SUCCESS && (ready.revents & POLLHUP) != 0 && is_shaking_hands()) {
      code = MOSQ_ERR_CONN_LOST;
    }
  }
  // Before the broker has accepted us its silence is not the library's to judge.
  if (code == MOSQ_ERR_SUCCESS && accepted) code = mosquitto_loop_misc(with);
  if (const std::optional<Traffic> counted = traffic_of(mosquitto_socket(with))) traffic = *counted;
  return code;
}

void MqttConnection::Impl::subscribe() {
  subscribed = true;
  for (const std::string& filter : setup.subscriptions) {
    int* const id = filter == setup.may_be_refused ? &refusable_id : nullptr;
    const int code = mosquitto_subscribe_v5(client.get(), id, filter.c_str(), 1, 0, nullptr);
    if (code != MOSQ_ERR_SUCCESS) finish(code);
  }
}

}  // namespace sluice::uplink
