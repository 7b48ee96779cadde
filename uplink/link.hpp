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

namespace sluice::uplink {

struct Message {
  std::string topic;
  Bytes payload;
  bool retained = false;
};

struct LinkUp {};
struct LinkDown {
  std::string why;  // for the operator
};
// The broker took a publication. Flow control only, never delivery.
struct Taken {
  std::uint32_t token = 0;
  bool refused = false;  // MQTT v5 reason code of 0x80 or more
};
using LinkEvent = std::variant<LinkUp, LinkDown, Message, Taken>;

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
};

}  // namespace sluice::uplink
