#pragma once
// The receiving half of docs/protocol.md: verify, store in one transaction, only then acknowledge.
// Whatever cannot be stored now is dropped without a word to the gateway, which still has it and
// sends it again. Single-threaded; time is an argument.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "collector/share_probe.hpp"
#include "collector/sink.hpp"
#include "core/chunk.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/ack_key.hpp"
#include "uplink/link.hpp"
#include "uplink/messages.hpp"
#include "uplink/topics.hpp"

namespace sluice::collector {

// Trivially copyable; all of it only grows.
struct ReceiverCounters {
  std::uint64_t batches = 0;  // stored, duplicates included
  std::uint64_t chunks_stored = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t unreadable = 0;    // stored, but this program cannot read them
  std::uint64_t refused = 0;       // messages that break a rule of the protocol
  std::uint64_t store_errors = 0;  // messages that could not be stored
  std::uint64_t acks_sent = 0;
  std::uint64_t answers_sent = 0;  // to questions of gateways
  std::uint64_t acks_dropped = 0;  // too many waiting or too large; the gateway asks again
};

// For whoever looks on: what has just been committed, and what is only live. Called from step().
struct Watcher {
  std::function<void(const Shipment&, const Receipt&)> stored;
  std::function<void(const std::string& gateway, const uplink::Live&)> live;
};

// The group whose receivers divide the messages among them, over sinks on one store.
struct Sharing {
  std::string group;  // an id as in uplink::is_id(); empty: alone
  std::string self;   // of this receiver alone: the id of its client
};

class Receiver {
 public:
  // Acknowledgements waiting for the link, as names: their content is read when they are sent.
  static constexpr std::size_t kAcksWaitingMax = 4'096;
  // Link events per step, so that a busy link does not hold the acknowledgements back.
  static constexpr int kEventsPerStep = 64;

  // Acknowledgements sent and not taken by the broker yet, when the work is shared. More than a
  // link has under way.
  static constexpr std::size_t kAcksUnderWayMax = 64;

  // `sink` and `link` outlive it. The link's session is to be made with subscriptions() of the
  // same `sharing`.
  // What it acknowledges is signed with `key`.
  Receiver(Sink& sink, uplink::Link& link, Watcher watcher = {}, Sharing sharing = {},
           uplink::AckKey key = {});
  // What gateways say once is for one receiver of the group; what the broker retains is for each:
  // it gives retained messages to no group.
  static std::vector<std::string> subscriptions(const Sharing& sharing = {});

  // Takes what has arrived and sends what is due.
  void step(Instant now, WallTime wall);

  const ReceiverCounters& counters() const { return counters_; }

 private:
  struct AckName {
    std::string gateway;
    Settled settled;
    // Since the last acknowledgement; what is beyond its size comes again.
    std::vector<Refusal> refusals;

    bool is_of(const std::string& its_gateway, const Settled& its) const {
      return gateway == its_gateway && settled.run == its.run && settled.stream == its.stream;
    }
  };

  // Publishes what is said once, to one gateway. False when there was no room.
  bool say(const std::string& gateway, const Ack& ack);

  void handle(const uplink::LinkUp& up, WallTime wall);
  void handle(const uplink::LinkDown& down, WallTime wall);
  void handle(const uplink::Message& message, WallTime wall);
  void handle(const uplink::Taken& taken, WallTime wall);

  // As sent, but for the refusals.
  struct AckUnderWay {
    AckName name;
    Ack snapshot;
    std::uint32_t token = 0;
  };

  // An error is a breach of the protocol; what the sink cannot do now is counted where it happens.
  Result<> receive(const uplink::Topic& topic, const uplink::Message& message, WallTime wall);
  Result<> receive_batch(const uplink::Topic& topic, const uplink::Message& message, WallTime wall);
  // An answer that finds no room is asked for again.
  Result<> answer(const std::string& gateway, const uplink::Message& message);
  // What there is of the present run, to gateways that have said hello.
  void send_welcomes();
  // `refusals` are of that stream.
  void want_ack(const std::string& gateway, const Settled& settled,
                std::span<const Refusal> refusals);
  void send_acks();
  // What the sink holds now, cut to what fits.
  Result<Ack> snapshot(const AckName& name);
  void remember(const AckName& name, Ack snapshot, std::uint32_t token);
  void report(const Receipt& receipt, const std::string& gateway);
  // True when `outcome` of the sink is good; says when the store begins or ceases to fail.
  bool store_works(const Result<>& outcome);

  Sink& sink_;
  uplink::Link& link_;
  const Watcher watcher_;
  const bool is_shared_;
  const uplink::AckKey key_;
  ShareProbe probe_;
  static constexpr std::size_t kWelcomesMax = 4'096;
  std::map<std::string, RunId> welcomes_;  // by gateway: its present run
  std::vector<AckName> waiting_;
  std::vector<AckUnderWay> under_way_;  // one for a name, the latest; empty unless shared
  bool up_ = false;
  std::string down_why_;
  bool store_failing_ = false;
  ReceiverCounters counters_;
};

}  // namespace sluice::collector
