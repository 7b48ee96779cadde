#pragma once
// How much may be under way, and in how large pieces, learnt from when acknowledgements come: the
// rate at which the far side takes bytes, and the round trip when nothing queues. Twice their
// product keeps any link busy, from a modem to Ethernet, with little standing in queues, so that an
// alert that comes next waits seconds at most. After BBR (Cardwell et al., ACM Queue 14-5, 2016);
// its samples are batches here. Single-threaded; time is an argument.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace sluice::uplink {

class CongestionControl {
 public:
  struct Limits {
    std::size_t batch_bytes_min = 512;
    std::size_t batch_bytes_max = 64 * 1024;
    std::size_t batches_max = 8;
  };
  // What is known at the start of a link, before it has answered: good for 9,600 bit/s.
  static constexpr std::size_t kFirstWindow = 2 * 1024;
  // A batch takes about this long; all that is under way at most that.
  static constexpr Duration kBatchTime = std::chrono::milliseconds(500);
  static constexpr Duration kWindowTime = std::chrono::seconds(4);
  // A round trip that has not been reached again for so long is looked for anew, with a nearly
  // empty link.
  static constexpr Duration kRoundTripLife = std::chrono::seconds(30);

  // Of a batch under way: what was known when it was sent.
  struct Flight {
    std::size_t bytes = 0;
    Instant sent;
    Instant earlier_sent;  // when that was sent which had been acknowledged last
    Instant acknowledged;  // and when that was
    std::uint64_t delivered = 0;
    bool idle_after = false;  // nothing more waited then: it tells little of the link
  };

  explicit CongestionControl(const Limits& limits) : limits_(limits) {}

  // A new link. What the old one was like may still hold, but is not relied on.
  void reset();

  // About how many bytes the next batch should have; 0 when nothing more should be under way now.
  std::size_t allowance() const;
  // REQUIRES: acknowledged or lost in the end.
  Flight sent(std::size_t bytes, Instant now);
  // Nothing waits to be sent, though more could be under way.
  void ran_dry() { idle_until_ = delivered_ + in_flight_bytes_ + 1; }
  void acknowledged(const Flight& flight, Instant now);
  // No answer came in time, or the broker had no room: begins small again.
  void lost(const Flight& flight);
  // Nothing is known of what became of it.
  void forget(const Flight& flight);

  // Bytes a second that the far side takes; 0: not known.
  double rate() const;
  // Shortest lately; nothing until measured.
  std::optional<Duration> round_trip() const { return round_trip_; }
  std::size_t window() const;
  std::size_t bytes_in_flight() const { return in_flight_bytes_; }

 private:
  void take_rate(const Flight& flight, Instant now);
  void take_round_trip(const Flight& flight, Instant now);
  void slow_down(double factor);
  void land(const Flight& flight);

  Limits limits_;
  std::size_t in_flight_bytes_ = 0;
  std::size_t in_flight_batches_ = 0;
  std::uint64_t delivered_ = 0;  // bytes, ever
  std::uint64_t idle_until_ = 0;
  Instant last_acknowledged_;
  Instant last_acknowledged_sent_;
  // Highest rate of each of the last rounds; a round is what was sent before its first answer.
  std::array<double, 10> rates_{};
  std::size_t round_ = 0;
  std::uint64_t round_ends_ = 0;
  std::optional<Duration> round_trip_;
  Instant round_trip_seen_;
  bool probing_ = false;  // for the round trip, with one batch under way
};

}  // namespace sluice::uplink
