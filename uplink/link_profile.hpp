#pragma once
// What a kind of link may be used for: the one that fits the interface which carries the route to
// the broker. Plain values of the operator's, and what follows from them. Pure, any thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/lane.hpp"
#include "uplink/byte_budget.hpp"

namespace sluice::uplink {

// Minutes of the local day, 0 to 1440, `from` included, `to` not; over midnight when `to` is
// smaller.
struct DaySpan {
  int from = 0;
  int to = 0;
  bool operator==(const DaySpan&) const = default;
};

struct LinkProfile {
  std::string name;
  std::vector<std::string> interfaces;  // "eth0", "wwan*"
  std::uint64_t bytes_per_second = 0;   // 0: no limit
  ByteBudget::Limits budget;
  std::vector<DaySpan> schedule;            // when it may be used; empty: always
  std::array<bool, kLanes.size()> lanes{};  // that may use it
  bool operator==(const LinkProfile&) const = default;
};

// Without limits, for every lane.
LinkProfile unlimited_profile();

// The first that names the interface; unlimited_profile() when none does.
LinkProfile profile_for(const std::vector<LinkProfile>& profiles, std::string_view interface);

bool is_open(const std::vector<DaySpan>& schedule, int minute_of_day);

// Share of the budget behind which a lane waits for the next day or month, so that something is
// left for what matters more.
double budget_share(Lane lane);

}  // namespace sluice::uplink
