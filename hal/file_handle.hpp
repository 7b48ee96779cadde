#pragma once
// An open file of the kernel, closed when it goes.

#include <unistd.h>

#include <utility>

namespace sluice::hal {

class FileHandle {
 public:
  // Takes over what open() returned, -1 included.
  explicit FileHandle(int number) : number_(number) {}
  FileHandle(FileHandle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileHandle() {
    if (valid()) close(number_);
  }

  bool valid() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace sluice::hal
