#pragma once
// A broker and its two connections under virtual time, as bad as a broker and a network can be. The
// same random source gives the same run.
//
// What it does to messages, all of which the delivery protocol must survive without a loss or a
// double:
//   delay      each way of each message takes its own time, so messages overtake each other
//   lose       a publication vanishes, and after a while the connection with it (half-open)
//   forget     a publication is taken, answered as taken, and gone
//   refuse     a publication is refused with a reason code
//   duplicate  a delivery comes again, up to minutes later, even into another connection
//   outage     an end cannot connect for a time; what is under way arrives or does not
//   restart    everybody is cut off, retained messages and everything under way are forgotten
//   last will  comes late, perhaps after the next connection of the same end
//   mute       an end is about to be killed: nothing that it does comes through any more

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "tests/sim/random.hpp"
#include "uplink/link.hpp"

namespace sluice::sim {

enum class End : std::uint8_t { kGateway, kCollector };
inline constexpr std::size_t kEndCount = 2;

// Probabilities are per publication or delivery.
struct Manners {
  Duration delay_min = std::chrono::milliseconds(2);  // one way
  Duration delay_max = std::chrono::milliseconds(40);
  double lose = 0;
  double forget = 0;
  double refuse = 0;
  double duplicate = 0;
  Duration duplicate_late = std::chrono::minutes(5);  // at most
};

class SimulatedBroker {
 public:
  // What a Link's session is made with.
  struct Session {
    std::vector<std::string> filters;
    std::optional<uplink::Message> last_will;
  };
  // For whoever looks on, at once and in order.
  struct Watch {
    std::function<void(End, const uplink::Message&)> published;  // accepted from that end
    std::function<void(End, const uplink::Message&)> delivered;  // handed to that end
  };

  SimulatedBroker(const Manners& manners, Random random, Watch watch);

  // The one connection of `end`; the earlier one must be gone. The broker outlives it.
  std::unique_ptr<uplink::Link> link(End end, Session session);

  // Lets time pass. REQUIRES: `now` does not go back.
  void step(Instant now);
  // When to call step() again; Instant::max() for nothing under way.
  Instant next() const;
  // When the end's link has something to say.
  Instant due(End end) const;

  void cut(End end, Instant until);
  void restart(Instant back_at);
  void mute(End end);
  // From now on every fault is over; delays stay.
  void calm();

 private:
  class Line;  // the Link that an end holds

  struct Wire {
    bool held = false;  // a Link exists
    bool up = false;
    bool muted = false;
    std::uint64_t connection = 0;  // counts; 0 is none
    Instant retry;
    Instant cut_until;
    std::size_t in_flight = 0;
    Session session;
    std::deque<uplink::LinkEvent> inbox;
  };
  // A publication on its way to the broker.
  struct Inbound {
    uplink::Message message;
    std::uint32_t token = 0;  // 0: a last will
  };
  // The connection of that end breaks.
  struct Break {};
  struct Transit {
    Instant due;
    std::uint64_t order = 0;
    End end = End::kGateway;
    std::uint64_t connection = 0;  // 0: whichever is there
    std::variant<Inbound, uplink::LinkEvent, Break> load;
  };
  static bool later(const Transit& a, const Transit& b);

  Wire& wire(End end) { return wires_[static_cast<std::size_t>(end)]; }
  const Wire& wire(End end) const { return wires_[static_cast<std::size_t>(end)]; }
  Duration delay() { return random_.between(manners_.delay_min, manners_.delay_max); }
  void send(Instant due, End end, std::uint64_t connection,
            std::variant<Inbound, uplink::LinkEvent, Break> load);

  void arrive(End end, std::uint64_t connection, Inbound&& inbound);
  void arrive(End end, std::uint64_t connection, uplink::LinkEvent&& event);
  void arrive(End end, std::uint64_t connection, Break&& broken);
  void route(const uplink::Message& message);
  void deliver(End end, uplink::Message message);

  void connect(End end);
  void disconnect(End end, const char* why, Instant retry);
  Instant reachable(End end) const;

  // What the Link calls.
  std::optional<uplink::LinkEvent> poll(End end);
  Result<std::uint32_t> publish(End end, std::string_view topic, std::span<const std::byte> payload,
                                uplink::Retain retain);
  void close(End end);
  void let_go(End end);

  Manners manners_;
  Random random_;
  const Watch watch_;
  Instant now_;
  Instant down_until_;
  std::array<Wire, kEndCount> wires_;
  std::map<std::string, uplink::Message> retained_;
  std::vector<Transit> transits_;  // a heap, the earliest in front
  std::uint64_t order_ = 0;
  std::uint32_t token_ = 0;
};

// MQTT's matching, with + for one level; # is not used here.
bool matches(std::string_view filter, std::string_view topic);

}  // namespace sluice::sim
