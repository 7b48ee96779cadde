#pragma once
// Makes records durable: drains what the loop produced, commits it in groups (alerts at once),
// seals the hot tail into chunks, settles what the collector acknowledged, and keeps the quota.
// Owns the Store. Runs on the storage thread, or in the simulator's; time is an argument.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "app/alert_ledger.hpp"
#include "app/checkpoint_keeper.hpp"
#include "app/crossings.hpp"
#include "app/growth.hpp"
#include "app/hot_tail.hpp"
#include "app/promoter.hpp"
#include "app/restoration.hpp"
#include "config/config.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"

namespace sluice::app {

class StorageService {
 public:
  struct Options {
    storage::Options store;
    config::SealOptions seal;
    RunId run;
    std::string boot;  // kernel's boot id
    config::AroundAlert around_alert = {};
    std::string version = {};  // of the program: what rules remember is of the same one alone
  };

  // Opens the store and recovers what earlier runs left. `crossings` outlives the service.
  static Result<StorageService> open(const Options& options, Crossings& crossings, Instant now);

  // Everything due at `now`. What cannot be written is kept, within bounds, and tried again; a
  // database that has failed is closed, opened again and asked what it holds.
  void step(Instant now);
  // Last step of a run: drains, seals everything, records the end. On failure the next start
  // recovers what is durable.
  Result<> finish(Instant now);

  // What the runs before left of their alerts, as it was at open().
  LeftBehind left_behind() { return std::move(left_behind_); }

  StorageStatus status() const { return crossings_->storage.read(); }

 private:
  StorageService(const Options& options, Crossings& crossings, storage::Store store, Instant now);

  void look_back(const std::string& version, Instant now);

  void collect_events();
  void collect_readings(Instant now);
  void collect_rollups();
  // Those that a commit has room for.
  std::vector<storage::RolledUp> rollups_to_write() const;
  // What of `loss` is not in `declared`, as one gap.
  std::optional<Gap> undeclared(Instant now, Stream stream, const Loss& loss,
                                const Loss& declared) const;
  // A store that failed is left alone until the next commit is due.
  bool may_write(Instant now) const;
  bool seal_due(Instant now) const;
  // The link is up and takes raw readings, and has taken those that were sealed before.
  bool chunks_leave_at_once() const;
  // One transaction; false when the store would not take it.
  bool write(Instant now, bool seal, bool ends_run);
  // What a commit under way holds of what waits here.
  struct Attempt {
    bool seal = false;
    std::size_t readings = 0;
    std::size_t events = 0;
    std::size_t rollups = 0;
    Loss lost_readings;
    Loss lost_alerts;
    Instant at;
  };
  void committed();  // the attempt is durable
  void failed(Instant now, const Error& error);
  void put_off(Instant now, const Error& error);
  void resumed();
  // Opens a store that has failed again. False when that fails too.
  bool reopen(Instant now);
  void settle_acks(Instant now);
  // What has been passed may be passed on: it is settled, refused or failed.
  bool settled(Instant now, const Result<storage::AckOutcome>& outcome, const Doubt& of);
  void settle_answers(Instant now);
  void declare_missing(Instant now);
  // What is over and delivered.
  void close_runs(Instant now);
  // Takes over the next piece of a database that was set aside; the runs in it are recovered then.
  void salvage(Instant now);
  // Once a run, and not at once: from a card it may take a second.
  void audit(Instant now);
  void examine_suspects(Instant now);
  void promote(Instant now);
  void keep_quota(Instant now);
  // Tells of what was dropped, when somebody may hear of it.
  void declare_drops(Instant now);
  void measure_growth(Instant now);
  void publish(Instant now);

  config::SealOptions seal_;
  Crossings* crossings_;
  storage::Store store_;
  RunId run_;
  std::string boot_;
  HotTail tail_;
  Promoter promoter_;
  AlertLedger alerts_;
  CheckpointKeeper checkpoints_;
  LeftBehind left_behind_;
  std::vector<Event> events_;                // not durable yet
  std::deque<storage::RolledUp> rolled_up_;  // not durable yet
  Loss declared_readings_;                   // losses whose gap is durable
  Loss declared_alerts_;
  std::uint64_t undeclared_max_;       // chunks
  std::optional<Ack> settling_;        // so far in part
  std::optional<Answered> answering_;  // the same
  bool collector_heard_ = false;       // it settled something since drops were last declared
  bool collector_answers_ = false;     // it has answered a question since the start
  Attempt attempt_;
  bool rewrite_ = false;  // frames of the tail are gone: the next commit seals it
  Instant next_commit_;
  Duration retry_after_{};  // while the store fails
  Instant next_salvage_;
  bool recovery_due_ = false;
  bool audit_due_ = true;
  std::uint64_t readings_drained_ = 0;
  Growth taken_;  // of the quota, and the chunks in it, each time the tail was sealed
  Growth chunks_;
  StorageStatus status_;
};

}  // namespace sluice::app
