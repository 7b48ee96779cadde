#pragma once
// Sees to it that what the rules remember is durable now and then: asks the loop for a copy, packs
// it, and has it written by a commit that is made anyway. Storage thread only.

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "app/alert_ledger.hpp"
#include "app/state_copier.hpp"
#include "core/event.hpp"
#include "core/reading.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"

namespace sluice::app {

class CheckpointKeeper {
 public:
  // How often at most, after a step of an alert, and else; and how many bytes a day: large states
  // are written less often.
  static constexpr Duration kAfterStep = std::chrono::seconds(10);
  static constexpr Duration kEvery = std::chrono::minutes(1);
  static constexpr std::size_t kBytesPerDay = 32 * 1024 * 1024;
  // A larger one is not written: a commit has to fit into the log beside readings.
  static constexpr std::size_t kBytesMax = 256 * 1024;

  // `copies` outlives it.
  CheckpointKeeper(std::string boot, std::string version, StateCopies& copies, Instant now);

  // Before the events are drained: what a copy that has come knows of has been told by then.
  void collect(const AlertLedger& names, Instant now);
  void learn(const Event& event);
  // Adds what there is to a commit; it waits for one that holds all events so far.
  void add_to(storage::Commit& commit, bool has_all_events);
  // It is durable. True if a checkpoint was in it.
  bool committed(Instant now);

 private:
  Duration interval(Duration least) const;

  std::string boot_;
  std::string version_;
  StateCopies* copies_;
  std::map<ChannelId, std::string> channels_;
  std::optional<storage::Checkpoint> waiting_;
  bool offered_ = false;  // in the commit under way
  bool asked_ = false;
  bool too_large_ = false;  // once, and said so
  bool stepped_ = false;    // an alert has, since the last one
  std::size_t room_ = 0;
  std::size_t packed_bytes_ = 0;  // of the last one
  Instant last_;                  // when it was durable
};

}  // namespace sluice::app
