#pragma once
// At most one process owns a database. The lock is on a file beside it, held as long as this object
// lives; the kernel takes it back when the process dies, however it dies. The file itself stays: to
// delete it would let two processes lock two different files of the same name.

#include <string>

#include "core/result.hpp"

namespace sluice::storage {

class LockFile {
 public:
  // kRefused when another process, or another lock in this one, has it; the message names it.
  static Result<LockFile> take(const std::string& path);
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  ~LockFile();

 private:
  explicit LockFile(int file) : file_(file) {}
  int file_;  // -1 when moved from
};

}  // namespace sluice::storage
