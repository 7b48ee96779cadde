#pragma once
// The disk under the buffer, as far as it can be short: a seam, so that tests have a full one.

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

}  // namespace sluice::storage
