#pragma once
// Asks one gateway for raw readings, and waits for what it says. A gateway that does not answer is
// asked again under the same id: it does the same thing once. Single-threaded; time is an argument.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "uplink/command.hpp"
#include "uplink/link.hpp"

namespace sluice::collector {

class Asker {
 public:
  // Whoever floods a gateway is not heard: it takes one command a second.
  static constexpr Duration kAskAgainAfter = std::chrono::seconds(5);

  enum class Patience : bool { kUntilTaken, kUntilDone };
  enum class Outcome {
    kUnderWay,
    kTaken,    // by the broker; whether the gateway has heard of it nobody knows
    kDone,     // the gateway has done it, or says why not: see answer()
    kRefused,  // the broker does not let us, or takes it for nobody
    kNoLink,   // see why()
  };

  // `link` outlives it, its session made with subscriptions().
  Asker(uplink::RawCommand command, const std::string& gateway, Patience patience,
        uplink::Link& link);
  static std::vector<std::string> subscriptions(const std::string& gateway);

  // Goes on until it is no longer under way.
  Outcome step(Instant now);

  const std::optional<uplink::CommandAnswer>& answer() const { return answer_; }
  // Whether the gateway is connected to the broker; nothing when the broker knows of none.
  std::optional<bool> online() const { return online_; }
  const std::string& why() const { return why_; }

 private:
  Outcome handle(const uplink::LinkUp& up);
  Outcome handle(const uplink::LinkDown& down);
  Outcome handle(const uplink::Message& message);
  Outcome handle(const uplink::Taken& taken);

  const uplink::RawCommand command_;
  const std::string gateway_;
  const Patience patience_;
  uplink::Link& link_;
  bool up_ = false;
  Instant ask_at_ = Instant::min();
  std::optional<uplink::CommandAnswer> answer_;
  std::optional<bool> online_;
  std::string why_;
};

}  // namespace sluice::collector
