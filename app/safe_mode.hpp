#pragma once
// What a gateway does that has crashed, or failed to start, again and again: it starts all the
// same, without what may be the cause. A configuration that has proved itself comes first, then a
// fresh database, then nothing but the machine's own channels. Whoever reads its events, its status
// or its log hears why.

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include "app/start_history.hpp"
#include "config/parse.hpp"

namespace sluice::app {

struct SafeMode {
  // Bad starts that bring it about, and those after which it goes a step further.
  static constexpr std::size_t kBadStarts = 3;
  static constexpr std::size_t kBadStartsUntilBare = 6;

  std::string reason;
  config::Config config;

  // Nothing when the start is to be as asked for: too few were bad, or there is no configuration to
  // start with. `asked` is what the configuration file came to.
  static std::optional<SafeMode> choose(const StartHistory::BadStarts& bad,
                                        const std::variant<config::Config, config::Problems>& asked,
                                        const std::optional<config::Config>& last_good);
};

}  // namespace sluice::app
