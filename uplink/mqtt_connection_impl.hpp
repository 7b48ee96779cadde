#pragma once
// What an MqttConnection is made of, for uplink/mqtt_connection.cpp, which goes through its life,
// and uplink/mqtt_callbacks.cpp, which hears what the library has to say, alone.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <mosquitto.h>

#include "uplink/link.hpp"
#include "uplink/link_fault.hpp"
#include "uplink/mqtt_connection.hpp"

namespace sluice::uplink {

struct DestroyMqttClient {
  void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};

// The library counts its users and sets itself up for the first.
struct MqttLibrary {
  MqttLibrary() { mosquitto_lib_init(); }
  MqttLibrary(const MqttLibrary&) = delete;
  MqttLibrary& operator=(const MqttLibrary&) = delete;
  ~MqttLibrary() { mosquitto_lib_cleanup(); }
};

struct MqttConnection::Impl {
  struct UnderWay {
    int message_id = 0;
    std::uint32_t token = 0;
  };

  // The library's code.
  int set_up();
  int connect();
  int exchange();
  void await_connection();
  bool is_shaking_hands() const;
  void subscribe();
  // Sets the callbacks below.
  void hear();
  void note(LinkEvent event);
  // The first reason is the best one.
  void finish(LinkFault fault, std::string text);
  void finish(int code);

  // Called by the library from inside its own functions; they only note what happened.
  static void on_connect(mosquitto*, void* self, int reason, int flags,
                         const mosquitto_property* properties) noexcept;
  static void on_disconnect(mosquitto*, void* self, int reason, const mosquitto_property*) noexcept;
  static void on_subscribe(mosquitto*, void* self, int id, int count, const int* granted,
                           const mosquitto_property*) noexcept;
  static void on_publish(mosquitto*, void* self, int id, int reason,
                         const mosquitto_property*) noexcept;
  static void on_message(mosquitto*, void* self, const mosquitto_message* message,
                         const mosquitto_property*) noexcept;
  static void on_log(mosquitto*, void* self, int level, const char* line) noexcept;

  const MqttLibrary library;
  MqttSetup setup;  // holds the TLS context, which outlives the client
  std::unique_ptr<mosquitto, DestroyMqttClient> client;
  std::deque<LinkEvent> events;
  std::vector<UnderWay> under_way;
  std::uint32_t last_token = 0;
  bool connected = false;  // TCP
  bool accepted = false;
  bool subscribed = false;  // asked for; see granted_count
  int refusal = 0;
  std::size_t granted_count = 0;
  int refusable_id = 0;
  BrokerLimits limits;
  Traffic traffic;
  std::string complaint;  // OpenSSL's last one
  Fault end;
};

}  // namespace sluice::uplink
