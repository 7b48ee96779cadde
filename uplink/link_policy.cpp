#include "uplink/link_policy.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sluice::uplink {
namespace {

// At the allowed rate; an alert that comes behind a batch waits this long at most.
constexpr std::uint64_t kBatchSeconds = 4;
constexpr std::size_t kBatchBytesMin = 512;

}  // namespace

LinkPolicy::LinkPolicy(std::vector<LinkProfile> profiles, const std::vector<ProfileSpent>& spent)
    : profiles_(std::move(profiles)), profile_(unlimited_profile()) {
  for (const LinkProfile& profile : profiles_) {
    const auto known = std::find_if(spent.begin(), spent.end(), [&](const ProfileSpent& one) {
      return one.profile == profile.name;
    });
    accounts_.push_back({profile, known == spent.end() ? ByteBudget(profile.budget)
                                                       : ByteBudget(profile.budget, known->spent)});
  }
}

void LinkPolicy::link_up(std::string_view interface) {
  interface_ = interface;
  LinkProfile profile = profile_for(profiles_, interface);
  if (profile == profile_) return;
  profile_ = std::move(profile);
  rate_ = RateLimit(profile_.bytes_per_second);
}

void LinkPolicy::count(std::uint64_t bytes, const TimeOfDay& time, Instant now) {
  time_ = time;
  // What the hour is without a clock nobody knows; the rate and the budget hold all the same.
  open_ = !time.minute || is_open(profile_.schedule, *time.minute);
  rate_.spent(bytes, now);
  for (Account& account : accounts_) {
    if (account.profile.name == profile_.name) account.budget.add(bytes, time.wall);
  }
}

bool LinkPolicy::is_open_to(Lane lane) const {
  if (lane == Lane::kAlert) return true;
  if (!open_ || !profile_.lanes[index_of(lane)]) return false;
  const Account* const spent = account();
  return spent == nullptr || spent->budget.used() < budget_share(lane);
}

bool LinkPolicy::allows(Lane lane, Instant now) const {
  return is_open_to(lane) && (lane == Lane::kAlert || rate_.allows(now));
}

std::size_t LinkPolicy::batch_bytes_max() const {
  if (profile_.bytes_per_second == 0) return std::numeric_limits<std::size_t>::max();
  const std::uint64_t bytes = profile_.bytes_per_second * kBatchSeconds;
  return std::max(kBatchBytesMin, static_cast<std::size_t>(std::min<std::uint64_t>(
                                      bytes, std::numeric_limits<std::uint32_t>::max())));
}

std::vector<ProfileSpent> LinkPolicy::spent() const {
  std::vector<ProfileSpent> spent;
  for (const Account& account : accounts_) {
    if (account.budget.spent() != ByteBudget::Spent{}) {
      spent.push_back({account.profile.name, account.budget.spent()});
    }
  }
  return spent;
}

PolicyStanding LinkPolicy::standing() const {
  PolicyStanding standing;
  standing.in_hours = open_;
  standing.takes_raw = is_open_to(Lane::kRaw);
  const auto put = [](auto& into, std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), into.size() - 1), into.begin());
  };
  put(standing.interface, interface_);
  if (const Account* const spent = account()) {
    put(standing.profile, spent->profile.name);
    standing.budget_left = spent->budget.left();
    if (time_.wall) standing.budget_runs_out = spent->budget.runs_out(*time_.wall);
  }
  return standing;
}

const LinkPolicy::Account* LinkPolicy::account() const {
  const auto found = std::find_if(
      accounts_.begin(), accounts_.end(),
      [this](const Account& account) { return account.profile.name == profile_.name; });
  return found == accounts_.end() ? nullptr : &*found;
}

}  // namespace sluice::uplink
