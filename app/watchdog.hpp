#pragma once
// Whether all threads come round. The service manager's watchdog is fed only with this proof: a
// gateway of which one thread is wedged is restarted, however well the others do. Main thread; it
// starts nothing and knows no clock.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/heartbeat.hpp"
#include "core/time.hpp"

namespace sluice::app {

// A thread that has to come round.
struct Vital {
  std::string_view name;  // for log and status; outlives the watchdog
  const Heartbeat* heartbeat = nullptr;
  // So long it may take for one round, as on a disk that stalls. Zero: it has to come round between
  // two feedings.
  Duration patience{};
};

class Watchdog {
 public:
  // The heartbeats outlive it. `now` counts as a beat of each.
  Watchdog(std::vector<Vital> vitals, Instant now);

  // Notes who has come round since the last look. Call it every second or more often.
  void look(Instant now);
  // Every thread has come round at least once; as of the last look.
  bool all_began() const;
  // Looks. True, and the proof is used up, if each thread has come round since feed() was last true
  // or is still within its patience.
  [[nodiscard]] bool feed(Instant now);
  // Who had no proof when feed() was last called: names with commas between them, or nothing.
  const std::string& missing() const { return missing_; }

 private:
  struct Watched {
    Vital vital;
    std::uint32_t seen;
    Instant beat_at;
    bool began = false;
    bool proved = false;  // since the last feeding
  };

  std::vector<Watched> watched_;
  std::string missing_;
};

}  // namespace sluice::app
