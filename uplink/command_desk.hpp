#pragma once
// Where commands of the far side come in and their answers go out. Commands are few: one a second
// is heard, the others are counted and forgotten, and whoever got no answer asks again. Nothing is
// done here. Single-threaded; time is an argument.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "core/time.hpp"
#include "uplink/command.hpp"
#include "uplink/link.hpp"
#include "uplink/rate_limit.hpp"

namespace sluice::uplink {

// Trivially copyable; all of it only grows.
struct CommandCounters {
  std::uint64_t heard = 0;     // well-formed
  std::uint64_t refused = 0;   // not so; answered where an id can be read
  std::uint64_t too_many = 0;  // not looked at
  std::uint64_t answers_dropped = 0;
};

class CommandDesk {
 public:
  // Commands not taken and answers not sent yet.
  static constexpr std::size_t kCommandsWaitingMax = 16;
  static constexpr std::size_t kAnswersWaitingMax = 64;

  // `link` outlives it.
  CommandDesk(std::string answer_topic, Link& link);

  void received(const Message& message, Instant now);
  // The next that somebody has to carry out.
  std::optional<RawCommand> take();
  // Goes out when the link has room. What the asker has not got is asked for again.
  void answer(CommandAnswer answer);

  // Sends what waits, over a link that is up.
  void step();

  const CommandCounters& counters() const { return counters_; }

 private:
  const std::string topic_;
  Link& link_;
  RateLimit rate_{1};  // commands a second
  std::deque<RawCommand> commands_;
  std::deque<CommandAnswer> answers_;
  CommandCounters counters_;
};

}  // namespace sluice::uplink
