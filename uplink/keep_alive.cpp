#include "uplink/keep_alive.hpp"

#include <algorithm>

namespace sluice::uplink {

void KeepAlive::ended(Duration lasted, bool cut_when_silent) {
  // Whole seconds, as MQTT counts it.
  const auto whole = [](Duration time) { return std::chrono::floor<std::chrono::seconds>(time); };
  if (cut_when_silent) {
    now_ = std::max<Duration>(options_.min, whole(now_ / 2));
  } else if (lasted >= kProofs * now_) {
    now_ = std::min<Duration>(options_.max, whole(now_ + now_ / 2));
  }
}

}  // namespace sluice::uplink
