#pragma once
// Seam: one connection to a message broker that comes and goes. The real one is uplink/mqtt_link;
// the simulator has its own. Single-threaded: all calls from the thread that owns it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/chunk.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/link_fault.hpp"

namespace sluice::uplink {

struct Message {
  std::string topic;
  Bytes payload;
  bool retained = false;
};

// What the broker has announced; the defaults are those of MQTT. The link keeps to all of it by
// itself; who knows it can send what fits.
struct BrokerLimits {
  std::size_t packet_bytes_max = 268'435'460;  // topic and headers included
  std::size_t receive_max = 65'535;            // publications not yet taken
  bool retain = true;                          // otherwise nothing is retained there
  Duration keep_alive{};                       // of this connection
};
struct LinkUp {
  BrokerLimits limits;
  std::string interface;  // that carries the connection, "wlan0"; empty when unknown
};
struct LinkDown {
  std::string why;  // for the operator
  LinkFault fault = LinkFault::kLost;
};
// The broker took a publication. Flow control only, never delivery.
struct Taken {
  std::uint32_t token = 0;
  bool refused = false;     // MQTT v5 reason code of 0x80 or more
  std::uint8_t reason = 0;  // that code
  static constexpr std::uint8_t kQuotaExceeded = 0x97;
};
using LinkEvent = std::variant<LinkUp, LinkDown, Message, Taken>;

// Bytes on the wire: MQTT, TLS, TCP and IP, repetitions included.
struct Traffic {
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
};

enum class Retain : bool { kNo, kYes };

class Link {
 public:
  virtual ~Link() = default;

  // Does what is due now without blocking on the broker: connect, read, write, keep-alive,
  // back-off. Returns the next thing that happened, or nothing. Call until nothing is returned.
  virtual std::optional<LinkEvent> poll(Instant now) = 0;

  // Hands a message to the broker at QoS 1. The token comes back in a Taken. kUnavailable while the
  // link is down; kFull when too much is under way.
  virtual Result<std::uint32_t> publish(std::string_view topic, std::span<const std::byte> payload,
                                        Retain retain) = 0;

  // Blocks until there is something to poll, or for `longest`.
  virtual void wait(Duration longest) = 0;

  // Clean goodbye; bounded. The last will is not sent.
  virtual void close() = 0;

  // When it connects again, while it rests after a failure.
  virtual std::optional<Instant> next_try() const { return std::nullopt; }

  // Of all connections so far, failed ones included; only grows. Zero where no wire is.
  virtual Traffic traffic() const { return {}; }
};

}  // namespace sluice::uplink
