#pragma once
// Decides of which spans the raw readings are worth sending ahead of others, for an alert was
// raised there. A storm of alerts is bounded: ten spans of a channel at once, and on average a
// tenth of its readings. A plain value: what was decided for a commit that failed goes with the
// copy.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "core/alert.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"

namespace sluice::app {

class FlightRecorder {
 public:
  static constexpr int kSpansAtOnce = 10;
  static constexpr int kRest = 10;  // what was recorded is paid back in so many times as long
  // Of channels, whose spans have not ended; with all of them in alarm there is nothing to tell
  // apart.
  static constexpr std::size_t kOpenMax = 256;

  explicit FlightRecorder(const config::AroundAlert& around) : around_(around) {}

  // What is to be recorded for a step of an alert of that channel: nothing unless it is raised, or
  // when enough was recorded.
  std::optional<storage::Recording> record(const AlertEvent& event, const std::string& channel);
  // The last span of each channel, to be written again where it was lost.
  std::vector<storage::Recording> last() const;

  std::uint64_t recorded() const { return recorded_; }
  std::uint64_t skipped() const { return skipped_; }  // alerts whose readings wait with the others

 private:
  struct Channel {
    Instant from;  // of the last span
    Instant to;
    Duration credit{};  // what may still be recorded, at `credited`
    Instant credited;
  };
  std::size_t open_at(Instant now) const;

  config::AroundAlert around_;
  std::map<std::string, Channel> channels_;  // by name: as many as a run may declare
  std::uint64_t recorded_ = 0;
  std::uint64_t skipped_ = 0;
};

}  // namespace sluice::app
