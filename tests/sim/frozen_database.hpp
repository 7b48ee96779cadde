#pragma once
// What a process that is killed leaves of a database.

#include <string>

#include "tests/sim/random.hpp"

namespace sluice::sim {

// A clean close would finish the write-ahead log and remove it; a killed process does not get that
// far. Freeze, let go of the database, thaw: the next one finds the files as they lay there.
class FrozenDatabase {
 public:
  explicit FrozenDatabase(const std::string& path);
  // `torn`: the process died while it appended to the log, which ends in rubbish.
  void thaw(bool torn, Random& random) const;

 private:
  std::string path_;
};

}  // namespace sluice::sim
