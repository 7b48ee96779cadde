#include <cstdint>
#include <string>

#include "config/sections.hpp"
#include "config/units.hpp"
#include "core/time.hpp"

namespace sluice::config {
namespace {

// Readings of all channels together within `span`. Within the bounds of the keys it cannot
// overflow: 1,024 channels times 10 min / 100 us.
std::int64_t readings_within(Duration span, const Config& config) {
  std::int64_t readings = 0;
  for (const ChannelOptions& channel : config.channels) readings += span / channel.spec.period + 1;
  return readings;
}

}  // namespace

void parse_realtime(TableReader& root, Config& config) {
  TableReader reader = root.table("realtime", Section::kRealtime);
  RealtimeOptions& realtime = config.realtime;
  reader.integer("priority", realtime.priority);
  reader.flag("lock_memory", realtime.lock_memory);
  reader.duration("ring", realtime.ring);
  reader.reject_strangers();

  if (realtime.ring < config.seal.commit_every) {
    reader.report("ring", "a ring of " + text_of_duration(realtime.ring) +
                              " is shorter than commit_every of " +
                              text_of_duration(config.seal.commit_every) +
                              ": it would overflow between two commits");
  }
  const std::int64_t readings = readings_within(realtime.ring, config);
  if (readings > kRingReadingsMax) {
    reader.report("ring", "a ring of " + text_of_duration(realtime.ring) + " is " +
                              std::to_string(readings) + " readings of these channels; at most " +
                              std::to_string(kRingReadingsMax) +
                              " are taken: shorten it or read more slowly");
  }
}

}  // namespace sluice::config
