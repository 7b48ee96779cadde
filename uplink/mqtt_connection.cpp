#include "uplink/mqtt_connection.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "core/check.hpp"

namespace sluice::uplink {
namespace {

// One read of the library yields a handful; more means that something is very wrong.
constexpr std::size_t kEventsMax = 1'024;
// Goodbye: this many looks of this many milliseconds at the socket.
constexpr int kCloseRounds = 20;
constexpr int kCloseRoundMs = 50;
// What the library accepts.
constexpr int kKeepAliveMinS = 5;
constexpr int kKeepAliveMaxS = 65'535;
// MQTT v5, and SUBACK of all versions: a reason code from here on is a refusal.
constexpr int kRefusal = 0x80;

struct DestroyClient {
  void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};
struct FreeProperties {
  void operator()(mosquitto_property* list) const { mosquitto_property_free_all(&list); }
};

// The library counts its users and sets itself up for the first.
struct Library {
  Library() { mosquitto_lib_init(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() { mosquitto_lib_cleanup(); }
};

// What the library's `code` means, without the full stop: it goes into a sentence of ours.
std::string meaning(int code) {
  if (code == MOSQ_ERR_KEEPALIVE)
    return "the broker has fallen silent";  // the library has no words
  if (code == MOSQ_ERR_ERRNO) return std::generic_category().message(errno);
  std::string text = mosquitto_strerror(code);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

int keep_alive_s(Duration keep_alive) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(keep_alive).count();
  return static_cast<int>(std::clamp<std::int64_t>(seconds, kKeepAliveMinS, kKeepAliveMaxS));
}

}  // namespace

struct MqttConnection::Impl {
  struct UnderWay {
    int message_id = 0;
    std::uint32_t token = 0;
  };

  // The library's code.
  int set_up(const MqttSetup& setup);
  int connect(const MqttSetup& setup);
  int exchange();
  void subscribe();
  void note(LinkEvent event);

  // Called by the library from inside its own functions; they only note what happened.
  static void on_connect(mosquitto*, void* self, int reason, int flags,
                         const mosquitto_property*) noexcept;
  static void on_disconnect(mosquitto*, void* self, int reason, const mosquitto_property*) noexcept;
  static void on_subscribe(mosquitto*, void* self, int id, int count, const int* granted,
                           const mosquitto_property*) noexcept;
  static void on_publish(mosquitto*, void* self, int id, int reason,
                         const mosquitto_property*) noexcept;
  static void on_message(mosquitto*, void* self, const mosquitto_message* message,
                         const mosquitto_property*) noexcept;

  const Library library;
  std::unique_ptr<mosquitto, DestroyClient> client;
  std::vector<std::string> subscriptions;
  std::deque<LinkEvent> events;
  std::vector<UnderWay> under_way;
  std::uint32_t last_token = 0;
  bool accepted = false;
  bool subscribed = false;  // asked for; see granted_count
  bool version_refused = false;
  std::size_t granted_count = 0;
  std::string end;
};

Result<MqttConnection> MqttConnection::open(const MqttSetup& setup) {
  auto impl = std::make_unique<Impl>();
  impl->subscriptions = setup.subscriptions;
  impl->client.reset(mosquitto_new(setup.client_id.c_str(), true, impl.get()));
  if (!impl->client) {
    return Error{ErrorCode::kInvalid, "the MQTT library refuses the client id " + setup.client_id};
  }
  if (const int code = impl->set_up(setup); code != MOSQ_ERR_SUCCESS) {
    return Error{ErrorCode::kInvalid, meaning(code)};
  }
  if (const int code = impl->connect(setup); code != MOSQ_ERR_SUCCESS) {
    return Error{ErrorCode::kUnavailable, setup.address + ": " + meaning(code)};
  }
  return MqttConnection(std::move(impl));
}

MqttConnection::MqttConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MqttConnection::MqttConnection(MqttConnection&&) noexcept = default;
MqttConnection& MqttConnection::operator=(MqttConnection&&) noexcept = default;
MqttConnection::~MqttConnection() = default;

void MqttConnection::serve() {
  Impl& self = *impl_;
  const int code = self.exchange();
  if (code != MOSQ_ERR_SUCCESS && self.end.empty()) self.end = meaning(code);
  if (socket() < 0 && self.end.empty()) self.end = "the broker closed the connection";
  if (self.accepted && !self.subscribed && self.end.empty()) self.subscribe();
}

bool MqttConnection::is_ready() const {
  return impl_->accepted && impl_->granted_count == impl_->subscriptions.size();
}
const std::string& MqttConnection::end() const {
  return impl_->end;
}
bool MqttConnection::version_refused() const {
  return impl_->version_refused;
}
std::deque<LinkEvent>& MqttConnection::events() {
  return impl_->events;
}
std::size_t MqttConnection::publications_under_way() const {
  return impl_->under_way.size();
}
int MqttConnection::socket() const {
  return mosquitto_socket(impl_->client.get());
}
bool MqttConnection::wants_write() const {
  return mosquitto_want_write(impl_->client.get());
}

Result<std::uint32_t> MqttConnection::publish(std::string_view topic,
                                              std::span<const std::byte> payload, Retain retain) {
  Impl& self = *impl_;
  CHECK(is_ready());
  if (!self.end.empty()) return Error{ErrorCode::kUnavailable, self.end};
  if (payload.size() > MQTT_MAX_PAYLOAD) {
    return Error{ErrorCode::kRefused, "larger than MQTT allows"};
  }
  int id = 0;
  const int code = mosquitto_publish_v5(self.client.get(), &id, std::string(topic).c_str(),
                                        static_cast<int>(payload.size()), payload.data(), 1,
                                        retain == Retain::kYes, nullptr);
  switch (code) {
    case MOSQ_ERR_SUCCESS:
      self.under_way.push_back({id, ++self.last_token});
      return self.last_token;
    case MOSQ_ERR_OVERSIZE_PACKET:
    case MOSQ_ERR_PAYLOAD_SIZE:
    case MOSQ_ERR_QOS_NOT_SUPPORTED:
    case MOSQ_ERR_RETAIN_NOT_SUPPORTED:
      return Error{ErrorCode::kRefused, meaning(code)};
    default:
      // It may sit in the library's queue now; only the end of this client is sure not to send it.
      self.end = meaning(code);
      return Error{ErrorCode::kUnavailable, self.end};
  }
}

void MqttConnection::close() {
  mosquitto* const client = impl_->client.get();
  // Until the broker has taken everything, so that closing the socket does not cut off the end.
  for (int round = 0; round < kCloseRounds && !impl_->under_way.empty(); ++round) {
    pollfd ready{socket(), POLLIN, 0};
    if (wants_write()) ready.events |= POLLOUT;
    if (::poll(&ready, 1, kCloseRoundMs) <= 0) continue;
    if (impl_->exchange() != MOSQ_ERR_SUCCESS || !impl_->end.empty()) return;
  }
  static_cast<void>(mosquitto_disconnect(client));  // the connection goes in any case
}

int MqttConnection::Impl::set_up(const MqttSetup& setup) {
  mosquitto_connect_v5_callback_set(client.get(), on_connect);
  mosquitto_disconnect_v5_callback_set(client.get(), on_disconnect);
  mosquitto_subscribe_v5_callback_set(client.get(), on_subscribe);
  mosquitto_publish_v5_callback_set(client.get(), on_publish);
  mosquitto_message_v5_callback_set(client.get(), on_message);
  int code = mosquitto_int_option(client.get(), MOSQ_OPT_PROTOCOL_VERSION,
                                  setup.v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  // Small messages must not wait for the acknowledgement of the one before.
  if (code == MOSQ_ERR_SUCCESS) code = mosquitto_int_option(client.get(), MOSQ_OPT_TCP_NODELAY, 1);
  if (code == MOSQ_ERR_SUCCESS && setup.last_will) {
    const Message& will = *setup.last_will;
    code =
        mosquitto_will_set(client.get(), will.topic.c_str(), static_cast<int>(will.payload.size()),
                           will.payload.data(), 1, will.retained);
  }
  if (code == MOSQ_ERR_SUCCESS && setup.credentials) {
    code = mosquitto_username_pw_set(client.get(), setup.credentials->user.c_str(),
                                     setup.credentials->password.c_str());
  }
  return code;
}

int MqttConnection::Impl::connect(const MqttSetup& setup) {
  mosquitto_property* list = nullptr;
  if (setup.v5) {
    const int code = mosquitto_property_add_int32(
        &list, MQTT_PROP_MAXIMUM_PACKET_SIZE, static_cast<std::uint32_t>(setup.packet_bytes_max));
    if (code != MOSQ_ERR_SUCCESS) return code;
  }
  const std::unique_ptr<mosquitto_property, FreeProperties> properties(list);
  return mosquitto_connect_bind_v5(client.get(), setup.address.c_str(), setup.port,
                                   keep_alive_s(setup.keep_alive), nullptr, properties.get());
}

// What the socket is ready for, and what the clock asks for.
int MqttConnection::Impl::exchange() {
  pollfd ready{mosquitto_socket(client.get()), POLLIN, 0};
  if (mosquitto_want_write(client.get())) ready.events |= POLLOUT;
  int code = MOSQ_ERR_SUCCESS;
  if (::poll(&ready, 1, 0) > 0) {
    if ((ready.revents & ~POLLOUT) != 0) code = mosquitto_loop_read(client.get(), 1);
    if (code == MOSQ_ERR_SUCCESS && (ready.revents & POLLOUT) != 0) {
      code = mosquitto_loop_write(client.get(), 1);
    }
  }
  if (code == MOSQ_ERR_SUCCESS) code = mosquitto_loop_misc(client.get());
  return code;
}

void MqttConnection::Impl::subscribe() {
  subscribed = true;
  for (const std::string& filter : subscriptions) {
    const int code = mosquitto_subscribe_v5(client.get(), nullptr, filter.c_str(), 1, 0, nullptr);
    if (code != MOSQ_ERR_SUCCESS && end.empty()) end = meaning(code);
  }
}

void MqttConnection::Impl::note(LinkEvent event) {
  if (events.size() < kEventsMax) {
    events.push_back(std::move(event));
  } else if (end.empty()) {
    end = "the broker sends more at once than can be held";
  }
}

void MqttConnection::Impl::on_connect(mosquitto*, void* self, int reason, int,
                                      const mosquitto_property*) noexcept {
  Impl& connection = *static_cast<Impl*>(self);
  if (reason == 0) {
    connection.accepted = true;
    return;
  }
  // A 3.1.1 broker says 1 where v5 says 0x84.
  connection.version_refused =
      reason == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION || reason == CONNACK_REFUSED_PROTOCOL_VERSION;
  connection.end =
      std::string("the broker refuses us: ") +
      (reason >= kRefusal ? mosquitto_reason_string(reason) : mosquitto_connack_string(reason));
}

void MqttConnection::Impl::on_disconnect(mosquitto*, void* self, int reason,
                                         const mosquitto_property*) noexcept {
  Impl& connection = *static_cast<Impl*>(self);
  if (!connection.end.empty()) return;  // the first reason is the best one
  connection.end = reason >= kRefusal ? mosquitto_reason_string(reason) : meaning(reason);
}

void MqttConnection::Impl::on_subscribe(mosquitto*, void* self, int, int count, const int* granted,
                                        const mosquitto_property*) noexcept {
  Impl& connection = *static_cast<Impl*>(self);
  for (int i = 0; i < count; ++i) {
    if (granted[i] >= kRefusal) {
      connection.end = "the broker does not let us subscribe: check its access rules";
    } else {
      ++connection.granted_count;
    }
  }
}

void MqttConnection::Impl::on_publish(mosquitto*, void* self, int id, int reason,
                                      const mosquitto_property*) noexcept {
  Impl& connection = *static_cast<Impl*>(self);
  const auto found = std::find_if(connection.under_way.begin(), connection.under_way.end(),
                                  [id](const UnderWay& one) { return one.message_id == id; });
  if (found == connection.under_way.end()) return;  // a PUBACK for nothing of ours
  connection.note(Taken{found->token, reason >= kRefusal});
  connection.under_way.erase(found);
}

void MqttConnection::Impl::on_message(mosquitto*, void* self, const mosquitto_message* message,
                                      const mosquitto_property*) noexcept {
  const auto* const bytes = static_cast<const std::byte*>(message->payload);
  const auto size = static_cast<std::size_t>(std::max(message->payloadlen, 0));
  static_cast<Impl*>(self)->note(
      Message{message->topic, size == 0 ? Bytes{} : Bytes(bytes, bytes + size), message->retain});
}

}  // namespace sluice::uplink
