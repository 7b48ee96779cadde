#pragma once
// An open file of the kernel, closed when it goes.

#include <unistd.h>

namespace sluice::hal {

class FileHandle {
 public:
  // Takes over what open() returned, -1 included.
  explicit FileHandle(int number) : number_(number) {}
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle() {
    if (valid()) close(number_);
  }

  bool valid() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  const int number_;
};

}  // namespace sluice::hal
