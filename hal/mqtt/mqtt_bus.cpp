#include "hal/mqtt/mqtt_bus.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "hal/mqtt/mqtt_value.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

constexpr std::string_view kScheme = "mqtt://";
constexpr int kKeepAliveS = 30;
// A packet is a message and its topic. With MQTT 5 the broker is told, and sends nothing larger.
constexpr std::uint32_t kPacketMax = kMqttPayloadMax + 64 * 1'024;
// Packets of one look, so that a flood cannot hold up the worker; the rest waits at the broker.
constexpr int kPacketsPerLook = 2'000;
constexpr int kVersionRefused = 1;  // CONNACK of 3.1.1

struct FreeClient {
  void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};
struct FreeProperties {
  void operator()(mosquitto_property* list) const { mosquitto_property_free_all(&list); }
};
struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

Error unavailable(std::string message) {
  return Error{ErrorCode::kUnavailable, std::move(message)};
}

}  // namespace

struct MqttBus::Client {
  explicit Client(MqttBus& owner) : bus(owner) {}

  static void on_connect(mosquitto*, void* self, int reason, int,
                         const mosquitto_property*) noexcept {
    auto& client = *static_cast<Client*>(self);
    client.accepted = reason == 0;
    if (client.accepted) return;
    client.version_refused =
        reason == kVersionRefused || reason == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION;
    client.end = std::string("it refuses us: ") +
                 (client.v5 ? mosquitto_reason_string(reason) : mosquitto_connack_string(reason));
  }
  static void on_disconnect(mosquitto*, void* self, int reason,
                            const mosquitto_property*) noexcept {
    auto& client = *static_cast<Client*>(self);
    if (client.end.empty()) client.end = mosquitto_strerror(reason);
  }
  static void on_subscribe(mosquitto*, void* self, int request, int count, const int* granted,
                           const mosquitto_property*) noexcept {
    constexpr int kRefusal = 0x80;
    auto& topics = static_cast<Client*>(self)->bus.topics_;
    const auto found = std::ranges::find_if(
        topics, [&](const auto& topic) { return topic.second.request == request; });
    if (found != topics.end() && count == 1) found->second.refused = granted[0] >= kRefusal;
  }
  static void on_message(mosquitto*, void* self, const mosquitto_message* message,
                         const mosquitto_property*) noexcept {
    MqttBus& bus = static_cast<Client*>(self)->bus;
    const auto found = bus.topics_.find(std::string_view(message->topic));
    if (found == bus.topics_.end()) return;  // left meanwhile
    Message& newest = found->second.message;
    const auto size = std::min(static_cast<std::size_t>(message->payloadlen), kMqttPayloadMax + 1);
    newest.payload.assign(static_cast<const char*>(message->payload), size);
    newest.serial = ++bus.serials_;
    newest.arrived = bus.now_;
    newest.retained = message->retain;
  }

  MqttBus& bus;
  std::unique_ptr<mosquitto, FreeClient> handle;
  bool v5 = true;
  bool connected = false;  // TCP
  bool accepted = false;   // MQTT
  bool version_refused = false;
  std::string end;  // why it is over; empty while it lives
};

Result<MqttAddress> parse_mqtt_address(std::string_view text) {
  const auto invalid = [&](const char* what) {
    return Error{ErrorCode::kInvalid, "\"" + std::string(text) + "\" " + what};
  };
  if (text.starts_with("mqtts://")) {
    return invalid("is TLS, which this driver does not speak; take a broker on this machine");
  }
  if (!text.starts_with(kScheme)) return invalid("is not of the form mqtt://host:port");
  std::string_view rest = text.substr(kScheme.size());
  MqttAddress address;
  const bool bracketed = rest.starts_with('[');
  const std::size_t end = std::min(rest.find(bracketed ? ']' : ':'), rest.size());
  address.host = rest.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
  const auto fits = [&](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || (bracketed && (c == ':' || c == '%'));
  };
  if (address.host.empty() || !std::ranges::all_of(address.host, fits) ||
      (bracketed && end == rest.size())) {
    return invalid("has no valid host; expected mqtt://host:port, without a user name");
  }
  rest.remove_prefix(bracketed ? end + 1 : end);
  if (rest.empty()) return address;
  const std::optional<std::uint64_t> port = parse_count(rest.substr(1));
  if (rest.front() != ':' || !port || *port == 0 || *port > 65'535) {
    return invalid("has no valid port; expected 1 to 65535");
  }
  address.port = std::to_string(*port);
  return address;
}

MqttBus::MqttBus(Options options) : options_(std::move(options)) {}
MqttBus::~MqttBus() = default;

void MqttBus::serve(Instant now) {
  if (!client_ && now >= next_try_) connect(now);
  listen(now);
}

void MqttBus::listen(Instant now) {
  now_ = now;
  leave_unasked(now);
  if (client_) exchange(now);
}

Result<const MqttBus::Message*> MqttBus::newest(const std::string& topic, Instant now) {
  auto found = topics_.find(topic);
  if (found == topics_.end()) {
    if (topics_.size() >= kTopicsMax) {
      return Error{ErrorCode::kFull, "more than " + std::to_string(kTopicsMax) + " topics"};
    }
    found = topics_.emplace(topic, Topic{}).first;
    found->second.asked = now;
    if (client_ && client_->accepted) subscribe();
  }
  found->second.asked = now;
  const std::string broker = "broker " + options_.address.host + ":" + options_.address.port;
  if (!client_ || !client_->accepted) return unavailable(broker + ": " + why_);
  if (found->second.refused) {
    return Error{ErrorCode::kRefused, broker + " does not let us read topic \"" + topic + "\""};
  }
  return &found->second.message;
}

void MqttBus::connect(Instant now) {
  if (next_address_ >= addresses_.size()) {
    if (const Result<> known = look_up(); !known) return lose(known.error().message, now);
  }
  const Result<> begun = begin(now);
  if (!begun) lose(begun.error().message, now);
}

// The library would look a name up itself, and try the first address alone.
Result<> MqttBus::look_up() {
  addresses_.clear();
  next_address_ = 0;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(options_.address.host.c_str(), nullptr, &hints, &list);
  if (code != 0) return unavailable(gai_strerror(code));
  const std::unique_ptr<addrinfo, FreeAddresses> owned(list);
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof(text), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      addresses_.emplace_back(text);
    }
  }
  if (addresses_.empty()) return unavailable("the name has no address");
  return Ok{};
}

Result<> MqttBus::begin(Instant now) {
  auto client = std::make_unique<Client>(*this);
  client->v5 = v5_;
  client->handle.reset(mosquitto_new(nullptr, true, client.get()));
  mosquitto* const handle = client->handle.get();
  if (handle == nullptr) return unavailable("the MQTT library has no memory");
  mosquitto_connect_v5_callback_set(handle, Client::on_connect);
  mosquitto_disconnect_v5_callback_set(handle, Client::on_disconnect);
  mosquitto_subscribe_v5_callback_set(handle, Client::on_subscribe);
  mosquitto_message_v5_callback_set(handle, Client::on_message);
  if (!options_.credentials_file.empty()) {
    struct stat file {};
    if (::stat(options_.credentials_file.c_str(), &file) == 0 && (file.st_mode & 077U) != 0) {
      return Error{ErrorCode::kRefused, options_.credentials_file +
                                            " may be read by others; chmod 600 closes it to them"};
    }
    const Result<std::string> secret = read_small_file(options_.credentials_file);
    if (!secret) return secret.error();
    std::string_view rest = *secret;
    const std::string user(take_line(rest).value_or(""));
    const std::string password(take_line(rest).value_or(""));
    mosquitto_username_pw_set(handle, user.c_str(), password.c_str());
  }
  int code = mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION,
                                  v5_ ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  if (code == MOSQ_ERR_SUCCESS && v5_) {
    mosquitto_property* list = nullptr;
    code = mosquitto_property_add_int32(&list, MQTT_PROP_MAXIMUM_PACKET_SIZE, kPacketMax);
    const std::unique_ptr<mosquitto_property, FreeProperties> properties(list);
    // The library takes properties with its blocking connect alone, and keeps them for the other.
    // Without host and port this one fails before it has done anything else.
    static_cast<void>(
        mosquitto_connect_bind_v5(handle, "", 0, kKeepAliveS, nullptr, properties.get()));
  }
  const std::string& address = addresses_[next_address_++];
  if (code == MOSQ_ERR_SUCCESS) {
    code = mosquitto_connect_bind_async(handle, address.c_str(), std::stoi(options_.address.port),
                                        kKeepAliveS, nullptr);
  }
  if (code != MOSQ_ERR_SUCCESS) return unavailable(address + ": " + mosquitto_strerror(code));
  client_ = std::move(client);
  begun_ = now;
  why_ = "connecting";
  return Ok{};
}

void MqttBus::exchange(Instant now) {
  mosquitto* const handle = client_->handle.get();
  if (!client_->accepted && now - begun_ > kConnectLimit) {
    return lose("it does not answer", now);
  }
  const bool was_accepted = client_->accepted;
  int code = MOSQ_ERR_SUCCESS;
  for (int packets = 0; packets < kPacketsPerLook && code == MOSQ_ERR_SUCCESS; ++packets) {
    const int socket = mosquitto_socket(handle);
    if (socket < 0) break;
    pollfd ready{socket, POLLIN, 0};
    if (!client_->connected || mosquitto_want_write(handle)) ready.events |= POLLOUT;
    if (::poll(&ready, 1, 0) <= 0) break;
    if (!client_->connected) {
      int failure = 0;
      socklen_t size = sizeof(failure);
      ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size);
      if (failure != 0)
        return lose(system_error(addresses_[next_address_ - 1], failure).message, now);
      client_->connected = true;
    }
    if ((ready.revents & ~POLLOUT) != 0) code = mosquitto_loop_read(handle, 1);
    if (code == MOSQ_ERR_SUCCESS && (ready.revents & POLLOUT) != 0) {
      code = mosquitto_loop_write(handle, 1);
    }
  }
  if (code == MOSQ_ERR_SUCCESS && client_->connected) code = mosquitto_loop_misc(handle);
  if (v5_ && (client_->version_refused || (!client_->accepted && code == MOSQ_ERR_PROTOCOL))) {
    v5_ = false;
    next_address_ = 0;
  }
  if (!client_->end.empty()) return lose(client_->end, now);
  if (code != MOSQ_ERR_SUCCESS) return lose(mosquitto_strerror(code), now);
  if (client_->accepted && !was_accepted) {
    retry_ = kRetryMin;
    next_address_ = 0;
    why_ = "connected";
    subscribe();
  }
}

void MqttBus::subscribe() {
  for (auto& [name, topic] : topics_) {
    if (topic.request != 0) continue;
    // What cannot be sent ends the connection, which the next look sees.
    static_cast<void>(
        mosquitto_subscribe_v5(client_->handle.get(), &topic.request, name.c_str(), 1, 0, nullptr));
  }
}

void MqttBus::leave_unasked(Instant now) {
  std::erase_if(topics_, [&](const auto& topic) {
    if (now - topic.second.asked <= kUnasked) return false;
    if (client_ && client_->accepted) {
      static_cast<void>(mosquitto_unsubscribe(client_->handle.get(), nullptr, topic.first.c_str()));
    }
    return true;
  });
}

// What was published meanwhile is not known: the newest messages are none any more.
void MqttBus::lose(const std::string& why, Instant now) {
  why_ = why;
  // The next address of the same name is tried at once; a broker that throws us out is not.
  const bool was_accepted = client_ && client_->accepted;
  const bool more = !was_accepted && next_address_ < addresses_.size();
  client_.reset();
  for (auto& [name, topic] : topics_) topic = Topic{.asked = topic.asked};
  next_try_ = more ? now : now + retry_;
  if (!more) retry_ = std::min(2 * retry_, kRetryMax);
}

}  // namespace sluice::hal
