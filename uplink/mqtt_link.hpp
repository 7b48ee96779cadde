#pragma once
// The real Link: MQTT over libmosquitto, with a poll loop of ours. A connection is never mended:
// after any error it is destroyed and, after a back-off, a new one made. Nothing here blocks for
// longer than a goodbye; each stage of connecting has its deadline.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/backoff.hpp"
#include "uplink/good_time.hpp"
#include "uplink/keep_alive.hpp"
#include "uplink/link.hpp"
#include "uplink/lookup.hpp"
#include "uplink/mqtt_connection.hpp"
#include "uplink/options.hpp"
#include "uplink/route_watch.hpp"

namespace sluice::uplink {

// What the program adds to what the operator says.
struct MqttSession {
  struct WallClock {
    WallTime time;
    bool synchronised = false;
  };

  std::optional<Message> last_will;
  std::vector<std::string> subscriptions;  // filters, QoS 1, made anew at every connect
  std::string may_be_refused;              // one of them; the link comes up without it too
  // Largest packet the broker may send us; announced in v5, and bounds memory there.
  std::size_t packet_bytes_max = 512 * 1024;
  // Publications not yet taken by the broker; more are kFull.
  std::size_t in_flight_max = 16;
  std::uint64_t seed = 0;  // of the back-off: different on every machine
  // For the dates of certificates; REQUIRED with TLS.
  std::function<WallClock()> wall_clock;
  WallTime built;              // this program
  std::string good_time_file;  // see GoodTime; empty: none
};

class MqttLink final : public Link {
 public:
  static constexpr Duration kLookupTimeout = std::chrono::seconds(10);
  // Of TCP: one address, and all of them together.
  static constexpr Duration kAddressTimeout = std::chrono::seconds(5);
  static constexpr Duration kAddressesTimeout = std::chrono::seconds(15);
  // From the first byte to the last granted subscription, TLS included.
  static constexpr Duration kGreetingTimeout = std::chrono::seconds(30);
  // A connection that lasts this long was a good one: the next back-off begins small again.
  static constexpr Duration kGoodAfter = std::chrono::seconds(10);
  // More takeovers than this, in this time, and there is a second device of our name.
  static constexpr std::size_t kTakeoversMax = 3;
  static constexpr Duration kTakeoversWithin = std::chrono::minutes(10);
  // A machine that has been up for less has just got its power back, like all others of the site:
  // the first connect is put off by up to kPowerReturnSpread.
  static constexpr Duration kPowerReturn = std::chrono::minutes(3);
  static constexpr Duration kPowerReturnSpread = std::chrono::seconds(30);
  // An interface that comes or goes changes routes one after the other; asked for the way in the
  // middle of it, the kernel would send us there and back.
  static constexpr Duration kRouteSettles = std::chrono::seconds(2);

  // Nothing happens before the first poll(). LinkUp comes once the broker has granted every
  // subscription; retained messages of the first ones may come before it. LinkDown comes after each
  // failed try too, with the reason. Publications not taken when the link goes down are forgotten
  // here: no Taken comes for them. With `routes` a connection lasts while its interface carries the
  // way to the broker; without, while it holds.
  MqttLink(const LinkOptions& options, MqttSession session,
           std::unique_ptr<RouteWatch> routes = nullptr);

  std::optional<LinkEvent> poll(Instant now) override;
  // kRefused when the broker has announced that it takes no packet of this size.
  Result<std::uint32_t> publish(std::string_view topic, std::span<const std::byte> payload,
                                Retain retain) override;
  void wait(Duration longest) override;
  // Sends what is under way and the goodbye, for 1 s at most. Stays closed.
  void close() override;
  std::optional<Instant> next_try() const override;
  Traffic traffic() const override;

 private:
  enum class State { kNew, kResting, kResolving, kConnecting, kGreeting, kUp, kClosed };

  // Each takes one step of its state, and may leave it.
  void begin();
  void start();
  void resolve();
  void connect_next();
  void serve();
  void come_up();
  bool is_guarded(const std::string& address) const;
  // What the files say now; why they cannot be used, if so.
  std::optional<Fault> prepare(MqttSetup& setup) const;
  void learn_time();
  void watch_route();
  void retry_at_once();
  void fail(Fault fault);
  void let_go();
  // Counts it too.
  bool is_takeover_war(LinkFault fault);

  const LinkOptions options_;
  const MqttSession session_;
  Backoff backoff_;
  KeepAlive keep_alive_;
  GoodTime good_time_;
  Lookup lookup_;
  bool v5_;                    // the broker may know it
  bool retained_will_ = true;  // likewise
  State state_ = State::kNew;
  Instant now_;  // of the last poll()
  Instant retry_ = Instant::min();
  Instant deadline_;            // of the state
  Instant addresses_deadline_;  // of kConnecting, for all addresses
  Instant up_since_;
  Instant heard_;  // last sign of life
  Instant good_time_due_;
  std::vector<std::string> addresses_;
  std::size_t next_address_ = 0;
  const std::unique_ptr<RouteWatch> routes_;
  Instant route_due_ = Instant::max();  // it may have changed: to be looked at then
  std::string interface_;               // on the way to the latest address, when it was tried
  bool refused_ = false;                // the last time: another way would not help
  std::optional<MqttConnection> connection_;
  Traffic past_traffic_;           // of connections that are gone
  std::deque<Instant> takeovers_;  // at most kTakeoversMax + 1
  std::deque<LinkEvent> events_;
};

}  // namespace sluice::uplink
