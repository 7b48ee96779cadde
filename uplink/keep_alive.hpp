#pragma once
// How long a connection may be silent. Longer costs fewer bytes, but a firewall or an address
// translator on the way forgets quiet connections: what this one bears is found out. MQTT fixes the
// time at the connect, so what is learned counts from the next one on.

#include "core/time.hpp"

namespace sluice::uplink {

class KeepAlive {
 public:
  struct Options {
    Duration min = std::chrono::seconds(15);
    Duration begin = std::chrono::seconds(60);
    Duration max = std::chrono::minutes(10);
    bool operator==(const Options&) const = default;
  };
  // A connection that has borne this many silences in a row has proven itself.
  static constexpr int kProofs = 10;

  // REQUIRES: min <= begin <= max.
  explicit KeepAlive(const Options& options) : options_(options), now_(options.begin) {}

  Duration now() const { return now_; }

  // A connection made with now() has ended. `cut_when_silent`: nothing had been heard for about as
  // long as it may be silent, so it is the silence that broke it.
  void ended(Duration lasted, bool cut_when_silent);

 private:
  const Options options_;
  Duration now_;
};

}  // namespace sluice::uplink
