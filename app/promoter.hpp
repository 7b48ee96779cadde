#pragma once
// Sees to it that raw readings which somebody wants are sent ahead of others: those around alerts
// and those that the far side asks for. What a commit has to know for it goes with that commit;
// what is stored already is gone through in pieces between commits. Storage thread only.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "app/crossings.hpp"
#include "app/flight_recorder.hpp"
#include "app/hot_tail.hpp"
#include "app/raw_requests.hpp"
#include "config/config.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"

namespace sluice::app {

class Promoter {
 public:
  // `crossings` outlives it; `boot` is the kernel's boot id.
  Promoter(const config::AroundAlert& around, const std::string& boot, Crossings& crossings);

  // Adds what belongs to `events`, which the commit records; it may be added time and again.
  void add_to(storage::Commit& commit, std::span<const Event> events, Instant now);
  // The last commit that was added to is durable.
  void committed();
  // So is nothing that was durable before.
  void lost();

  // Whether readings in the tail are waited for that should not wait until it is full or old.
  bool wants_seal(const HotTail& tail, Instant now, bool link_up) const;

  // The next piece of what is to be done.
  Result<> step(storage::Store& store, const HotTail& tail, Instant now);

  PromotionStatus status() const {
    return {recorder_.recorded(), recorder_.skipped(), requests_.done()};
  }

 private:
  // What waits in memory for the last commit.
  struct Attempt {
    std::optional<FlightRecorder> recorder;
    std::vector<storage::Recording> recordings;
    std::optional<Instant> sealed;  // all that was stamped by then
    std::size_t rewritten = 0;
  };
  void learn(const Event& event, storage::Commit& commit);
  Result<> begin(storage::Store& store, Instant now);
  Result<> forget(storage::Store& store, const HotTail& tail, Instant now);
  void go_through(const std::string& boot, const storage::Recording& recording);

  const std::string boot_;
  FlightRecorder recorder_;
  RawRequests requests_;
  Attempt attempt_;
  std::map<ChannelId, ChannelDeclared> channels_;
  std::optional<ClockRecord> clock_;
  std::size_t rewritten_ = 0;  // of channels_, in order; the others were lost
  bool begun_ = false;
  bool kept_ = true;                       // recordings may be, from before or by us
  std::deque<storage::Promotion> stored_;  // what was stored before its alert
  std::set<Instant> ends_;                 // of recordings of which the tail may have readings
  Instant early_ = Instant::min();         // the last seal that was wanted
  Instant next_forget_ = Instant::min();
};

}  // namespace sluice::app
