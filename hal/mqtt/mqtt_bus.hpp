#pragma once
// The connection to a broker that local devices publish at: what all channels of that broker share.
// It subscribes to what is asked for and keeps the newest message of each topic, nothing else.
// Owned by the worker thread of its bus. libmosquitto is known to this file's source alone.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/shared_buses.hpp"

namespace sluice::hal {

// Where a broker is: "mqtt://host:port", the port may be left out. kInvalid for anything else.
struct MqttAddress {
  std::string host{};
  std::string port = "1883";
};
Result<MqttAddress> parse_mqtt_address(std::string_view text);

class MqttBus final : public SharedBus {
 public:
  // Most topics of one broker.
  static constexpr std::size_t kTopicsMax = 1'024;
  // A topic that nobody has asked for in so long is left.
  static constexpr Duration kUnasked = std::chrono::minutes(2);
  // From one try to connect to the next: doubles from the first to the last.
  static constexpr Duration kRetryMin = std::chrono::seconds(1);
  static constexpr Duration kRetryMax = std::chrono::seconds(30);
  // For the connection to be made and accepted.
  static constexpr Duration kConnectLimit = std::chrono::seconds(5);

  struct Options {
    MqttAddress address{};
    std::string credentials_file{};  // of two lines, user name and password; empty: none are sent
  };
  explicit MqttBus(Options options);
  ~MqttBus() override;
  MqttBus(const MqttBus&) = delete;
  MqttBus& operator=(const MqttBus&) = delete;

  struct Message {
    std::string payload{};  // at most kMqttPayloadMax bytes and one more, by which it is too long
    std::uint64_t serial = 0;  // of the bus: another one is another message; 0: none yet
    Instant arrived{};
    bool retained = false;  // it waited at the broker, from whatever time
  };

  // Connects if need be, reads what has come, keeps alive. Waits for nothing but the look-up of a
  // name.
  void serve(Instant now);
  // The same without connecting: waits for nothing.
  void listen(Instant now);
  // The newest message of the topic since the connection stands; with serial 0 when there is none
  // yet. The first call asks the broker for it. Valid until the next serve() or listen().
  // kUnavailable while there is no connection, kRefused when the broker does not let us read the
  // topic, kFull beyond kTopicsMax.
  Result<const Message*> newest(const std::string& topic, Instant now);

 private:
  struct Client;
  struct Topic {
    Message message{};
    Instant asked{};
    int request = 0;  // number of the subscription that is under way; 0: none yet
    bool refused = false;
  };

  void connect(Instant now);
  Result<> begin(Instant now);
  Result<> look_up();
  void exchange(Instant now);
  void subscribe();
  void leave_unasked(Instant now);
  void lose(const std::string& why, Instant now);

  const Options options_;
  std::unique_ptr<Client> client_;  // null between connections
  std::map<std::string, Topic, std::less<>> topics_;
  std::uint64_t serials_ = 0;
  Instant now_{};  // of the last serve()
  std::string why_ = "not connected yet";
  Instant next_try_{};
  Duration retry_ = kRetryMin;
  Instant begun_{};                     // the connection
  std::vector<std::string> addresses_;  // numeric; tried one after the other
  std::size_t next_address_ = 0;
  bool v5_ = true;
};

}  // namespace sluice::hal
