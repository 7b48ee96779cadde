#pragma once
// Which alerts are active by the records that are durable: written in the transaction of the record
// itself, so that the next run raises none of them once more and forgets none. Storage thread only.

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/alert.hpp"
#include "core/event.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"

namespace sluice::app {

class AlertLedger {
 public:
  // What the runs before left active. Those of another boot are taken to be raised at `now`: their
  // times mean nothing any more.
  AlertLedger(std::string boot, std::vector<storage::ActiveAlert> earlier, Instant now);

  // Writes into `commit` what its events make of the alerts. May be called again for a commit that
  // was not made.
  void add_to(storage::Commit& commit, std::span<const Event> events);
  void committed();
  // The database may have lost what was written: the next commit writes all of it.
  void lost() { rewrite_ = true; }

  // By name.
  std::vector<storage::ActiveAlert> active() const;
  // What this run calls the alert of that number.
  std::optional<std::string> name_of(AlertId alert) const;

 private:
  struct Declared {
    std::string name;
    std::string rule;
  };
  using Active = std::map<std::string, storage::ActiveAlert>;
  // What a commit makes of it, if it is made.
  struct Attempt {
    Active active;
    std::set<std::string> touched;
  };
  void apply(const AlertDeclared& declared, Attempt& attempt);
  void apply(const AlertEvent& event, Attempt& attempt) const;

  std::string boot_;
  std::map<AlertId, Declared> declared_;
  Active active_;
  std::set<std::string> unwritten_;  // changed since the database has them
  std::optional<Attempt> attempt_;
  bool rewrite_ = false;
};

}  // namespace sluice::app
