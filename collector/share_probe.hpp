#pragma once
// Whether the broker knows shared subscriptions. One that does not takes `$share/...` for a topic
// like any other: it grants the subscription and never sends anything for it. So each collector of
// a group sends itself a message through a shared subscription of which it is the only member.
// Single-threaded; time is an argument.

#include <optional>
#include <string>

#include "core/time.hpp"
#include "uplink/link.hpp"

namespace sluice::collector {

class ShareProbe {
 public:
  // Once the broker has granted the subscriptions.
  static constexpr Duration kPatience = std::chrono::seconds(30);

  // `self` names this collector alone, an id as in uplink::is_id(); `link` outlives it.
  ShareProbe(const std::string& group, const std::string& self, uplink::Link& link);
  static std::string subscription(const std::string& group, const std::string& self);

  void link_up();
  void link_down();
  // True when that was the probe, which is nobody else's.
  bool heard(const uplink::Message& message);
  // Says it, once for each connection, when the probe does not come back.
  void step(Instant now);

  // Of the present connection, or of the last one that showed it.
  bool is_missing() const { return is_missing_; }

 private:
  const std::string topic_;
  uplink::Link& link_;
  bool is_due_ = false;
  std::optional<Instant> sent_;  // and not come back yet
  bool is_missing_ = false;
};

}  // namespace sluice::collector
