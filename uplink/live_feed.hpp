#pragma once
// What is said at once and not exactly once: steps of alerts, and the latest values of all
// channels. The records of both come later, in batches. Alerts wait for nothing but the link;
// values take a quarter of it at most. Single-threaded; time is an argument.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "core/time.hpp"
#include "uplink/link.hpp"
#include "uplink/messages.hpp"

namespace sluice::uplink {

class LiveFeed {
 public:
  // Alerts kept while the link is down; then the oldest goes: its record is safe in storage.
  static constexpr std::size_t kAlertsWaitingMax = 256;
  // Messages not yet taken by the broker; a slow link is left to the stored chunks.
  static constexpr std::size_t kInFlightMax = 4;

  // `link` outlives it. `values_every` 0: no values.
  LiveFeed(std::string topic, const RunId& run, Duration values_every, Link& link);

  void alert(LiveAlert alert);
  // Replaces what waits.
  void values(std::vector<LiveValue> values) { values_ = std::move(values); }

  // Sends what is due, over a link that is up.
  void step(Instant now, bool values_allowed);
  // False when the token is not of a message of ours.
  bool taken(std::uint32_t token, Instant now);
  void link_down();

  std::uint64_t sent() const { return sent_; }        // messages
  std::uint64_t dropped() const { return dropped_; }  // alerts that found the queue full

 private:
  void send_values(Instant now);
  bool publish(const Live& live);

  const std::string topic_;
  const RunId run_;
  const Duration values_every_;
  Link& link_;
  std::deque<LiveAlert> alerts_;
  std::vector<LiveValue> values_;
  Instant values_sent_ = Instant::min();
  Instant values_due_ = Instant::min();
  std::uint32_t values_token_ = 0;  // of the last message of values that is under way; 0: none
  std::vector<std::uint32_t> tokens_;
  std::uint64_t sent_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace sluice::uplink
