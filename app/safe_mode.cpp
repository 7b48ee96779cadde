#include "app/safe_mode.hpp"

#include <string_view>
#include <variant>

#include "core/check.hpp"

namespace sluice::app {
namespace {

// Drivers, filters, rules and outputs of the operator may all be the cause, so none of them is
// here.
constexpr std::string_view kBareChannels = R"(
[[channel]]
name = "safe_mode_load"
driver = "host"
quantity = "load1"
unit = "1"
period = "10s"

[[channel]]
name = "safe_mode_memory_use"
driver = "host"
quantity = "memory_use"
unit = "%"
period = "10s"

[[channel]]
name = "safe_mode_disk_free"
driver = "host"
quantity = "disk_free"
target = "/"
unit = "B"
period = "1m"
)";

void make_bare(config::Config& config) {
  const auto bare = config::parse(kBareChannels, "safe mode", "safe_mode");
  CHECK(std::holds_alternative<config::Config>(bare));
  config.channels = std::get<config::Config>(bare).channels;
  config.actuators.clear();
}

}  // namespace

std::optional<SafeMode> SafeMode::choose(
    const StartHistory::BadStarts& bad, const std::variant<config::Config, config::Problems>& asked,
    const std::optional<config::Config>& last_good) {
  const auto* const wanted = std::get_if<config::Config>(&asked);
  if (bad.count < kBadStarts || (wanted == nullptr && !last_good)) return std::nullopt;
  SafeMode mode;
  mode.reason = std::to_string(bad.count) + " bad starts in 5 min, " + bad.last;
  const bool bare = bad.count >= kBadStartsUntilBare;
  const bool has_other = last_good && (wanted == nullptr || last_good->hash != wanted->hash);
  mode.config = has_other ? *last_good : *wanted;
  if (has_other) mode.reason += "; last good configuration";
  // What may be wrong with the buffer is out of the way until a start without safe mode. That is
  // done once, when a step begins that suspects it: few are kept, and each holds readings. So at
  // the step to the bare channels it is not done again to a buffer that safe mode has begun itself.
  using Earlier = storage::Options::Earlier;
  const std::size_t suspected_since = has_other ? kBadStartsUntilBare : kBadStarts;
  mode.config.storage.earlier = Earlier::kLeave;
  if (bad.count == suspected_since || (bad.count > suspected_since && !bad.in_safe_mode)) {
    mode.config.storage.earlier = Earlier::kSetAside;
    mode.reason += "; fresh buffer";
  }
  if (bare) {
    make_bare(mode.config);
    mode.reason += "; own channels only";
  }
  return mode;
}

}  // namespace sluice::app
