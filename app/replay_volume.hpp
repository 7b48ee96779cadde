#pragma once
// How many bytes readings and alerts would have been on their way to the collector: sealed, encoded
// and packaged by the code that does it in the gateway. One thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/hot_tail.hpp"
#include "config/config.hpp"
#include "core/alert.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/reading.hpp"
#include "core/time.hpp"

namespace sluice::app {

// Of one stream.
struct Volume {
  std::uint64_t records = 0;
  std::uint64_t chunks = 0;
  std::uint64_t chunk_bytes = 0;  // as they are stored
  std::uint64_t batch_bytes = 0;  // payload of the messages, without what MQTT, TCP and IP add
  bool operator==(const Volume&) const = default;
};
using Volumes = std::array<Volume, kStreamCount>;

class ReplayVolume {
 public:
  // Readings are sealed by age and number, as behind a link that takes them at once. `hints` are
  // what the channels declare of their values.
  ReplayVolume(const config::Config& config, ValueHints hints);

  void add(const Reading& reading);
  // Committed, and so sent, by itself.
  void add(const AlertEvent& event);
  // Seals what has not been sealed yet.
  void finish();

  const Volumes& volumes() const { return volumes_; }

 private:
  void seal();
  void package(std::vector<SealedChunk> sealed);

  config::SealOptions seal_;
  std::string gateway_;
  std::size_t batch_bytes_max_;
  ValueHints hints_;
  std::vector<Reading> tail_;
  std::uint64_t seq_ = 0;
  Volumes volumes_{};
};

}  // namespace sluice::app
