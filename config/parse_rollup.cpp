#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "config/sections.hpp"
#include "config/units.hpp"

namespace sluice::config {
namespace {

constexpr Duration kShortest = std::chrono::seconds(1);
constexpr Duration kDayLong = std::chrono::hours(24);
// The batch layer holds all windows of one of the longest at a time, 5 KB each.
constexpr std::int64_t kShortestInLongest = 100;

// Empty, after reporting, when they are wrong.
std::vector<Duration> parse_windows(TableReader& reader, const std::vector<std::string>& texts) {
  std::vector<Duration> windows;
  for (const std::string& text : texts) {
    const Result<Duration> window = parse_duration(text);
    if (!window.ok() || *window < kShortest || *window > kDayLong) {
      reader.report("windows", "expected durations of 1s to 24h, found \"" + text + "\"");
      return {};
    }
    const Duration before = windows.empty() ? *window : windows.back();
    if ((!windows.empty() && *window <= before) || *window % before != Duration::zero()) {
      reader.report("windows", "\"" + text +
                                   "\" is no multiple of the one before it; windows of "
                                   "one length have to make up those of the next");
      return {};
    }
    windows.push_back(*window);
  }
  if (kDayLong % windows.back() != Duration::zero()) {
    reader.report("windows", "\"" + texts.back() + "\" does not go into 24h without a rest");
    return {};
  }
  if (windows.back() / windows.front() > kShortestInLongest) {
    reader.report("windows", "\"" + texts.back() + "\" is more than 100 times \"" + texts.front() +
                                 "\"; leave one of them out");
    return {};
  }
  return windows;
}

}  // namespace

void parse_rollup(TableReader& root, Config& config) {
  TableReader reader = root.table("rollup", Section::kRollup);
  RollupOptions& rollup = config.rollup;
  reader.flag("enabled", rollup.enabled);
  std::vector<std::string> texts;
  if (reader.texts("windows", texts)) {
    std::vector<Duration> windows = parse_windows(reader, texts);
    if (!windows.empty()) rollup.windows = std::move(windows);
  }
  reader.duration("lateness", rollup.lateness);
  reader.texts("except", rollup.except);
  reader.reject_strangers();
  for (const std::string& name : rollup.except) {
    const bool known = std::ranges::any_of(
        config.channels, [&](const ChannelOptions& channel) { return channel.spec.name == name; });
    if (!known) reader.report("except", "there is no channel \"" + name + "\"");
  }
}

}  // namespace sluice::config
