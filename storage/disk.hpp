#pragma once
// The disk under the buffer: how much room it has, behind a seam, so that tests have a full one;
// and whether a file of ours can be there.

#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace sluice::storage {

class Disk {
 public:
  virtual ~Disk() = default;
  // Bytes that a program without privileges can still write below `folder`.
  virtual Result<std::uint64_t> free_bytes(const std::string& folder) = 0;
};

class SystemDisk final : public Disk {
 public:
  Result<std::uint64_t> free_bytes(const std::string& folder) override;
};

// What no later try mends, and somebody has to: `path` is there and no regular file, or one that we
// may not write. A file system that has become read-only is none of this.
Result<> check_writable(const std::string& path);

}  // namespace sluice::storage
