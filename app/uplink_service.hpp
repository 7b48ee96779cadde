#pragma once
// The uplink thread's work: speaks live of alerts and latest values, and lets the delivery send
// what is stored. Owns the link. Runs on the uplink thread, or in the simulator's; time is an
// argument.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/crossings.hpp"
#include "app/stored_outbox.hpp"
#include "core/event.hpp"
#include "core/time.hpp"
#include "storage/reader.hpp"
#include "uplink/link.hpp"
#include "uplink/storm_limit.hpp"
#include "uplink/uplink.hpp"

namespace sluice::app {

class UplinkService {
 public:
  struct Setup {
    uplink::Options options;
    RunId run;
    storage::Reader holdings;  // for the hello, and what waits
    storage::Reader pending;   // for the outbox
    std::unique_ptr<uplink::Link> link;
    std::string usage_file = {};  // what the links have cost; empty: it is not kept
  };
  // `crossings` outlives the service.
  UplinkService(Setup setup, Crossings& crossings);

  // Everything due at `now`; never waits for the broker.
  void step(Instant now);
  // Blocks until the link has something to do, or for `longest`.
  void wait(Duration longest) { link_->wait(longest); }
  // Says goodbye; bounded.
  void close();

 private:
  struct Channel {
    std::string name;
    std::string unit;
    bool current = false;  // in the applied configuration
  };
  void take_news();
  void take_doubts();
  void send_lost_again();
  void look_at_lanes(Instant now);
  // Between the far side and the storage thread.
  void pass_commands_on();
  void learn(const Event& event);
  void speak_of_alerts(Instant now);
  void speak_of_storm(Instant now);
  void speak_of_values(Instant now);
  uplink::TimeOfDay time_of_day(Instant now) const;
  std::optional<WallTime> wall_at(Instant time) const;

  const uplink::Options options_;
  const RunId run_;
  Crossings& crossings_;
  storage::Reader holdings_;
  std::unique_ptr<uplink::Link> link_;
  StoredOutbox outbox_;
  uplink::Uplink uplink_;
  uplink::Hello hello_;
  uplink::StormLimit storm_;
  std::vector<Channel> channels_;    // by number
  std::vector<std::string> alerts_;  // names, by number
  std::optional<ClockRecord> clock_;
  Instant values_due_;
  Instant look_due_;
  std::uint64_t promoted_ = 0;  // chunks, by what storage last said
  std::uint64_t lost_ = 0;      // chunks, by the collector
};

}  // namespace sluice::app
