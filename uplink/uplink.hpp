#pragma once
// The gateway's end of the protocol on one link: hello and status at every connect, live messages
// at once, stored chunks through delivery.hpp. Owned and called by the uplink thread alone; the
// application moves live news there through a ring.

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/chunk.hpp"
#include "core/time.hpp"
#include "uplink/ack_key.hpp"
#include "uplink/command_desk.hpp"
#include "uplink/delivery.hpp"
#include "uplink/link.hpp"
#include "uplink/link_policy.hpp"
#include "uplink/link_usage.hpp"
#include "uplink/live_feed.hpp"
#include "uplink/messages.hpp"
#include "uplink/options.hpp"
#include "uplink/outbox.hpp"
#include "uplink/questions.hpp"
#include "uplink/topics.hpp"

namespace sluice::uplink {

// For the local API: copied out after a step.
struct Snapshot {
  DeliveryCounters delivery;
  QuestionCounters questions;
  bool link_up = false;
  Instant link_since;                       // of the present state of the link
  LinkFault link_fault = LinkFault::kNone;  // why it is down; kNone before the first try too
  std::optional<Instant> next_try;          // while the link rests after a failure
  Traffic traffic;                          // of the link, in bytes on the wire
  std::uint64_t links_lost = 0;
  std::uint64_t live_sent = 0;         // messages
  std::uint64_t live_dropped = 0;      // alerts that found the queue full
  std::uint64_t live_held_back = 0;    // raised alerts, by app/uplink_service in a storm
  std::uint64_t messages_ignored = 0;  // received, and neither acknowledgement nor command for us
  std::uint64_t acks_unproven = 0;     // not signed as they have to be
  CommandCounters commands;
  PolicyStanding policy;
};
static_assert(std::is_trivially_copyable_v<Snapshot>);

class Uplink {
 public:
  // `link` and `outbox` outlive it. REQUIRES: is_id(options.gateway).
  // `usage_file` keeps what the links have cost over restarts; empty: nothing is kept.
  Uplink(const Options& options, const RunId& run, Link& link, Outbox& outbox,
         const std::string& usage_file = {});

  // What the link's session of `gateway` must be made with (MqttSession).
  static Message last_will(const Options& options, const RunId& run);
  static std::vector<std::string> subscriptions(const Options& options);
  // Of these, what a broker may refuse: then nobody can command the gateway.
  static std::string commands(const Options& options);

  // Said at every connect, and now if the link is up. Not before the first announce().
  void announce(Hello hello);
  // What the collector says of this stream does not fit: it is asked.
  void doubt(const RunId& run, Stream stream) { questions_.doubt(run, stream); }
  // It has lost something: it is asked about everything.
  void doubt_all() { questions_.doubt_all(); }
  // Alerts at once, and the latest values every options.live_every.
  LiveFeed& live() { return live_; }
  CommandDesk& desk() { return desk_; }
  // Stored chunks have changed into that lane, which has been sent beyond them.
  void look_again(Lane lane) { delivery_.look_again(lane); }

  // Does everything that is due now; never blocks on the broker.
  void step(Instant now, const TimeOfDay& time = {});
  // Says offline, then goodbye. Bounded; what is not acknowledged stays in storage.
  void close();

  const Snapshot& snapshot() const { return snapshot_; }

 private:
  void account(const TimeOfDay& time, Instant now);
  void handle(const LinkUp& up, Instant now);
  void handle(const LinkDown& down, Instant now);
  void handle(const Message& message, Instant now);
  void handle(const Taken& taken, Instant now);
  void read_ack_key();
  void send_greeting();
  bool publish(TopicKind kind, const Bytes& payload, Retain retain);

  const Options options_;
  const RunId run_;
  Link& link_;
  LinkUsage usage_;
  LinkPolicy policy_;
  std::uint64_t wire_bytes_ = 0;  // of those, what the policy knows of
  LiveFeed live_;
  CommandDesk desk_;
  Delivery delivery_;
  Questions questions_;
  std::optional<AckKey> ack_key_;  // nothing while it cannot be read
  Snapshot snapshot_;
  std::string down_why_;
  std::optional<Hello> hello_;
  bool hello_due_ = false;
  bool status_due_ = false;
};

}  // namespace sluice::uplink
