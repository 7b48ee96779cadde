#include "app/rollup_maker.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace sluice::app {

void RollupMaker::add(const Reading& reading) {
  CHECK(reading.time >= stretch_.begin && reading.time < stretch_.end);
  for (std::size_t i = 0; i < lengths_.size(); ++i) {
    const WindowBounds bounds = window_at(clocks_, reading.time, lengths_[i]);
    Window& window = windows_[{i, std::max(bounds.begin, stretch_.begin)}];
    window.end = std::min(bounds.end, stretch_.end);
    window.summary.add(to_ns(reading.time), reading.value, reading.quality);
    if (has_good_value(reading.quality)) window.sketch.add(reading.value);
  }
}

std::vector<Rollup> RollupMaker::take(std::uint32_t revision) {
  std::vector<Rollup> rollups;
  for (const auto& [name, window] : windows_) {
    rollups.push_back({name.second, window.end - name.second, revision, window.summary,
                       rollup_quantiles(window.sketch)});
  }
  windows_.clear();
  return rollups;
}

}  // namespace sluice::app
