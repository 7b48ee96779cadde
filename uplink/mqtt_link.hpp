#pragma once
// The real Link: MQTT over libmosquitto, with a poll loop of ours. A connection is never mended:
// after any error it is destroyed and, after a back-off, a new one made.
//
// Resolving the host name may block for as long as the resolver does; everything else returns
// within the times named here. So give it a thread without deadlines.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/backoff.hpp"
#include "uplink/dial.hpp"
#include "uplink/link.hpp"
#include "uplink/mqtt_connection.hpp"
#include "uplink/options.hpp"

namespace sluice::uplink {

// What the program adds to what the operator says.
struct MqttSession {
  std::optional<Message> last_will;
  std::vector<std::string> subscriptions;  // filters, QoS 1, made anew at every connect
  // Largest packet the broker may send us; announced in v5, and bounds memory there.
  std::size_t packet_bytes_max = 512 * 1024;
  // Publications not yet taken by the broker; more are kFull.
  std::size_t in_flight_max = 16;
  std::uint64_t seed = 0;  // of the back-off: different on every machine
};

class MqttLink final : public Link {
 public:
  // From the first byte to the last granted subscription.
  static constexpr Duration kConnectTimeout = std::chrono::seconds(30);
  // A connection that lasts this long was a good one: the next back-off begins small again.
  static constexpr Duration kGoodAfter = std::chrono::seconds(10);

  // Nothing happens before the first poll(). LinkUp comes once the broker has granted every
  // subscription; retained messages of the first ones may come before it. LinkDown comes after each
  // failed try too, with the reason. Publications not taken when the link goes down are forgotten
  // here: no Taken comes for them.
  MqttLink(const LinkOptions& options, MqttSession session);

  std::optional<LinkEvent> poll(Instant now) override;
  // kRefused when the broker has announced that it takes no packet of this size.
  Result<std::uint32_t> publish(std::string_view topic, std::span<const std::byte> payload,
                                Retain retain) override;
  void wait(Duration longest) override;
  // Sends what is under way and the goodbye, for 1 s at most. Stays closed.
  void close() override;

 private:
  enum class State { kResting, kDialling, kConnecting, kUp, kClosed };

  // Each takes one step of its state, and may leave it.
  void start();
  void dial();
  void serve();
  Result<MqttSetup> setup_for(const std::string& address) const;
  void fall_back();
  void fail(const std::string& why);

  const LinkOptions options_;
  const MqttSession session_;
  Backoff backoff_;
  bool v5_;  // what the next connection speaks
  State state_ = State::kResting;
  Instant now_;  // of the last poll()
  Instant retry_ = Instant::min();
  Instant deadline_;
  Instant up_since_;
  std::optional<Dial> dial_;
  std::optional<MqttConnection> connection_;
  std::deque<LinkEvent> events_;
};

}  // namespace sluice::uplink
