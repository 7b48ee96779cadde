#pragma once
// What the profiles have cost so far, in a file: a restart gives no new budget. Single-threaded;
// time is an argument.

#include <string>
#include <vector>

#include "core/time.hpp"
#include "uplink/link_policy.hpp"

namespace sluice::uplink {

class LinkUsage {
 public:
  // A kill forgets this much at most; more often would wear the card.
  static constexpr Duration kSavedEvery = std::chrono::minutes(10);

  // No file with an empty path. One that is missing or damaged counts as nothing spent.
  explicit LinkUsage(std::string path);

  const std::vector<ProfileSpent>& kept() const { return kept_; }
  // Saves when there is news and it is due.
  void note(const std::vector<ProfileSpent>& spent, Instant now);
  // Saves now. Best effort: what could not be saved is due again.
  void save(const std::vector<ProfileSpent>& spent);

 private:
  const std::string path_;
  std::vector<ProfileSpent> kept_;  // as in the file
  Instant due_ = Instant::min();
};

}  // namespace sluice::uplink
