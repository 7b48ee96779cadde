#pragma once
// One connection to a broker through libmosquitto, from CONNECT to its end. It is never mended:
// whoever wants another one makes a new object, and the library's whole state goes with the old.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/credentials.hpp"
#include "uplink/link.hpp"

namespace sluice::uplink {

struct MqttSetup {
  std::string address;  // numeric, and known to answer: the library blocks while it connects
  std::uint16_t port = 0;
  std::string client_id;
  bool v5 = true;
  Duration keep_alive{};
  std::size_t packet_bytes_max = 0;
  std::optional<Message> last_will;
  std::vector<std::string> subscriptions;
  std::optional<Credentials> credentials;
};

class MqttConnection {
 public:
  static Result<MqttConnection> open(const MqttSetup& setup);
  MqttConnection(MqttConnection&&) noexcept;
  MqttConnection& operator=(MqttConnection&&) noexcept;
  ~MqttConnection();

  // Reads, writes and keeps alive, without blocking.
  void serve();

  // Accepted by the broker, and every subscription granted.
  bool is_ready() const;
  // Why it is over, for the operator; empty while it lives.
  const std::string& end() const;
  // It is over because the broker does not speak this version of the protocol.
  bool version_refused() const;

  // The messages and the taken publications of the last serve() calls, oldest first.
  std::deque<LinkEvent>& events();

  // As Link::publish(). REQUIRES: is_ready().
  Result<std::uint32_t> publish(std::string_view topic, std::span<const std::byte> payload,
                                Retain retain);
  std::size_t publications_under_way() const;

  // To wait on: the descriptor, and whether there is something to write.
  int socket() const;
  bool wants_write() const;

  // Waits for what is under way to be taken, for 1 s at most, then says goodbye.
  void close();

 private:
  struct Impl;
  explicit MqttConnection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::uplink
