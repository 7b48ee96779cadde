#pragma once
// What may be sent over the present link: its profile's lanes, hours, rate and budget, from what
// has gone over the wire so far. Owned by the uplink thread; time is an argument.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lane.hpp"
#include "core/time.hpp"
#include "uplink/byte_budget.hpp"
#include "uplink/link_profile.hpp"
#include "uplink/rate_limit.hpp"

namespace sluice::uplink {

// As far as the gateway trusts its clock.
struct TimeOfDay {
  std::optional<WallTime> wall;
  std::optional<int> minute;  // of the local day
};

// What a profile has cost so far: to be kept over restarts.
struct ProfileSpent {
  std::string profile;
  ByteBudget::Spent spent;
  bool operator==(const ProfileSpent&) const = default;
};

// For the status; trivially copyable.
struct PolicyStanding {
  std::array<char, 65> profile{};     // name; empty: no profile names the interface
  std::array<char, 16> interface {};  // that carried the last connection; empty: not known
  bool in_hours = true;
  bool takes_raw = true;  // LinkPolicy::is_open_to(Lane::kRaw)
  std::optional<std::uint64_t> budget_left;
  std::optional<WallTime> budget_runs_out;  // nothing if it lasts, or the clock is not trusted
};

class LinkPolicy {
 public:
  LinkPolicy(std::vector<LinkProfile> profiles, const std::vector<ProfileSpent>& spent);

  // The link is up, over that interface.
  void link_up(std::string_view interface);
  // What the wire has carried since the last call, both ways, with all that is around it.
  void count(std::uint64_t bytes, const TimeOfDay& time, Instant now);

  // Its lanes, hours and budget let the lane through: what keeps one waiting for hours. Alerts
  // always are.
  bool is_open_to(Lane lane) const;
  // And the rate does so now, which is a matter of seconds.
  bool allows(Lane lane, Instant now) const;
  // A batch larger than this would hold an alert up, at the rate that is allowed.
  std::size_t batch_bytes_max() const;

  const LinkProfile& profile() const { return profile_; }
  // Of all profiles that ever carried anything.
  std::vector<ProfileSpent> spent() const;
  PolicyStanding standing() const;

 private:
  struct Account {
    LinkProfile profile;
    ByteBudget budget;
  };
  const Account* account() const;

  std::vector<LinkProfile> profiles_;
  std::vector<Account> accounts_;
  LinkProfile profile_;
  std::string interface_;
  RateLimit rate_{0};
  TimeOfDay time_;
  bool open_ = true;
};

}  // namespace sluice::uplink
