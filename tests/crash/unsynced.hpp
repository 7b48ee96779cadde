#pragma once
// Plants PRAGMA synchronous = OFF into every connection that is opened while this lives: what the
// program says of it has no effect.

namespace sluice::crash {

class Unsynced {
 public:
  Unsynced();
  Unsynced(const Unsynced&) = delete;
  Unsynced& operator=(const Unsynced&) = delete;
  ~Unsynced();
};

}  // namespace sluice::crash
