#pragma once
// The receiving half of docs/protocol.md: verify, store in one transaction, only then acknowledge.
// Whatever cannot be stored now is dropped without a word: the gateway still has it and sends it
// again. Single-threaded; time is an argument.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "collector/sink.hpp"
#include "core/chunk.hpp"
#include "core/time.hpp"
#include "uplink/link.hpp"
#include "uplink/messages.hpp"
#include "uplink/topics.hpp"

namespace sluice::collector {

// Trivially copyable.
struct ReceiverCounters {
  std::uint64_t batches = 0;  // stored, duplicates included
  std::uint64_t chunks_stored = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t refused = 0;  // messages that break a rule of the protocol
  std::uint64_t store_errors = 0;
  std::uint64_t acks_sent = 0;
  std::uint64_t acks_dropped = 0;  // more were waiting than may; the gateway asks again
};

class Receiver {
 public:
  // Acknowledgements waiting for the link, as names: their content is read when they are sent.
  static constexpr std::size_t kAcksWaitingMax = 4'096;

  // For whoever watches: what has just been committed, and what is only live. Called from step().
  struct Watcher {
    std::function<void(const Shipment&, const Receipt&)> stored;
    std::function<void(const std::string& gateway, const uplink::Live&)> live;
  };

  // `sink` and `link` outlive it. The link subscribes to subscriptions().
  Receiver(Sink& sink, uplink::Link& link, Watcher watcher = {});
  static std::vector<std::string> subscriptions();

  // Takes what has arrived and sends what is due.
  void step(Instant now, WallTime wall);

  const ReceiverCounters& counters() const { return counters_; }

 private:
  struct AckName {
    std::string gateway;
    Settled settled;
  };

  void receive(const uplink::Message& message, WallTime wall);
  void receive_batch(const uplink::Topic& topic, const uplink::Message& message, WallTime wall);
  void want_ack(const std::string& gateway, const Settled& settled);
  void send_acks();
  void refuse(const uplink::Message& message, const std::string& why);
  void store_works(const Result<>& outcome);

  Sink& sink_;
  uplink::Link& link_;
  Watcher watcher_;
  std::vector<AckName> waiting_;
  bool up_ = false;
  bool store_failing_ = false;
  ReceiverCounters counters_;
};

}  // namespace sluice::collector
