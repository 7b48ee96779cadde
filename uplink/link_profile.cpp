#include "uplink/link_profile.hpp"

#include <algorithm>

namespace sluice::uplink {
namespace {

bool fits(std::string_view pattern, std::string_view interface) {
  if (!pattern.ends_with('*')) return pattern == interface;
  return interface.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

LinkProfile unlimited_profile() {
  LinkProfile profile;
  profile.name = "unlimited";
  profile.lanes.fill(true);
  return profile;
}

LinkProfile profile_for(const std::vector<LinkProfile>& profiles, std::string_view interface) {
  for (const LinkProfile& profile : profiles) {
    const bool named =
        std::any_of(profile.interfaces.begin(), profile.interfaces.end(),
                    [interface](const std::string& pattern) { return fits(pattern, interface); });
    if (named) return profile;
  }
  return unlimited_profile();
}

bool is_open(const std::vector<DaySpan>& schedule, int minute_of_day) {
  if (schedule.empty()) return true;
  return std::any_of(schedule.begin(), schedule.end(), [minute_of_day](const DaySpan& span) {
    const bool after = span.from <= minute_of_day;
    const bool before = minute_of_day < span.to;
    return span.from <= span.to ? after && before : after || before;
  });
}

double budget_share(Lane lane) {
  constexpr std::array<double, kLanes.size()> kShares{1e300, 1.0, 0.95, 0.9, 0.85, 0.7, 0.7};
  return kShares[index_of(lane)];
}

}  // namespace sluice::uplink
