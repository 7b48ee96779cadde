#include "app/watchdog.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace sluice::app {

Watchdog::Watchdog(std::vector<Vital> vitals, Instant now) {
  for (const Vital& vital : vitals) {
    CHECK(vital.heartbeat != nullptr);
    // Whoever was quicker than this has begun already.
    const bool began = vital.heartbeat->count() != 0;
    watched_.push_back({vital, vital.heartbeat->count(), now, began, false});
  }
}

void Watchdog::look(Instant now) {
  for (Watched& watched : watched_) {
    const std::uint32_t count = watched.vital.heartbeat->count();
    if (count == watched.seen) continue;
    watched.seen = count;
    watched.beat_at = now;
    watched.began = true;
    watched.proved = true;
  }
}

bool Watchdog::all_began() const {
  return std::all_of(watched_.begin(), watched_.end(),
                     [](const Watched& watched) { return watched.began; });
}

bool Watchdog::feed(Instant now) {
  look(now);
  missing_.clear();
  for (const Watched& watched : watched_) {
    if (watched.proved || now - watched.beat_at < watched.vital.patience) continue;
    if (!missing_.empty()) missing_ += ", ";
    missing_ += watched.vital.name;
  }
  if (!missing_.empty()) return false;
  for (Watched& watched : watched_) watched.proved = false;
  return true;
}

}  // namespace sluice::app
