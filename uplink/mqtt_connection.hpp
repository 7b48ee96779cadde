#pragma once
// One connection to a broker through libmosquitto, from the first packet of TCP to its end. It is
// never mended: whoever wants another one makes a new object, and the library's whole state goes
// with the old.

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
#include "uplink/link_fault.hpp"
#include "uplink/tls.hpp"

namespace sluice::uplink {

struct MqttSetup {
  std::string address;  // numeric: the library would block on a name
  std::uint16_t port = 0;
  std::optional<TlsContext> tls;
  std::string client_id;
  bool v5 = true;
  Duration keep_alive{};
  std::size_t packet_bytes_max = 0;
  std::optional<Message> last_will;
  std::vector<std::string> subscriptions;
  std::string may_be_refused;  // one of them
  std::optional<Credentials> credentials;
};

class MqttConnection {
 public:
  // Begins to connect, without waiting for anything.
  static MqttConnection open(MqttSetup setup);
  MqttConnection(MqttConnection&&) noexcept;
  MqttConnection& operator=(MqttConnection&&) noexcept;
  ~MqttConnection();

  // Goes on as far as it can without blocking: connects, shakes hands, reads, writes, keeps alive.
  void serve();

  // The TCP connection stands.
  bool is_connected() const;
  // Accepted by the broker, and every subscription granted that has to be.
  bool is_ready() const;
  // Why it is over; kNone while it lives.
  const Fault& end() const;
  // The reason code by which the broker refused the connection; 0 when it did not.
  int refusal() const;

  // The messages and the taken publications of the last serve() calls, oldest first.
  std::deque<LinkEvent>& events();

  // As Link::publish(). Without the mark when the broker retains nothing. REQUIRES: is_ready().
  Result<std::uint32_t> publish(std::string_view topic, std::span<const std::byte> payload,
                                Retain retain);
  std::size_t publications_under_way() const;

  // What the broker has announced. REQUIRES: is_ready().
  const BrokerLimits& limits() const;
  // Since when the broker's certificate is valid, when there is one that was verified.
  std::optional<WallTime> certificate_valid_since() const;
  // As of the last serve().
  const Traffic& traffic() const;

  // To wait on: the descriptor, and for what.
  int socket() const;
  bool wants_read() const;
  bool wants_write() const;

  // Waits for what is under way to be taken, for 1 s at most, then says goodbye.
  void close();

 private:
  struct Impl;
  explicit MqttConnection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::uplink
