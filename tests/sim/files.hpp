#pragma once
// The files of a simulation: a folder of its own, in memory where the system has such a place, and
// what a process that is killed leaves of a database.

#include <string>
#include <string_view>

#include "tests/sim/random.hpp"

namespace sluice::sim {

// Made empty, and taken away again with all that is in it.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  std::string path_of(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

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
