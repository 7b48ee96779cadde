#include <chrono>
#include <span>

#include "config/config.hpp"
#include "config/key_tables.hpp"

namespace sluice::config {
namespace {

constexpr Key kRollupKeys[] = {
    {.name = "enabled",
     .type = Type::kFlag,
     .fallback = "false",
     .meaning = "Whether stored readings are rolled up. Without it no thread is there for it."},
    {.name = "windows",
     .type = Type::kTexts,
     .fallback = "[\"1m\", \"15m\", \"1h\"]",
     .low = 1,
     .high = 4,
     .meaning =
         "Lengths of the windows, 1s to 24h, the shortest first; each goes into the next one "
         "without a rest, the last into 24h, and it is 100 times the first at most. Rollups "
         "are made when one of the longest is over. A channel has only windows of 10 of its "
         "periods or more."},
    {.name = "lateness",
     .type = Type::kDuration,
     .fallback = "\"10s\"",
     .low = 0,
     .high = to_ns(std::chrono::hours(1)),
     .meaning = "So long after its end a window waits for readings that come later than others."},
    {.name = "except",
     .type = Type::kTexts,
     .fallback = "[]",
     .low = 0,
     .high = static_cast<std::int64_t>(kChannelsMax),
     .meaning = "Names of channels that are not rolled up."}};

}  // namespace

std::span<const Key> rollup_keys() {
  return kRollupKeys;
}

}  // namespace sluice::config
