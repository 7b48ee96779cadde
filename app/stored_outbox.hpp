#pragma once
// The uplink's view of the buffer: reads pending chunks through a read-only connection, packages
// them as batches, and passes acknowledgements on to the storage thread. Uplink thread only.

#include <string>

#include "app/crossings.hpp"
#include "core/result.hpp"
#include "storage/reader.hpp"
#include "uplink/outbox.hpp"

namespace sluice::app {

class StoredOutbox final : public uplink::Outbox {
 public:
  // `crossings` outlives the outbox.
  StoredOutbox(storage::Reader reader, std::string gateway, Crossings& crossings);

  Result<std::optional<uplink::Parcel>> next(const LaneRange& range,
                                             std::size_t bytes_max) override;
  Result<std::uint64_t> newest() override;
  Result<std::optional<uplink::Parcel>> again(Lane lane,
                                              std::span<const uplink::Parcel::Item> items) override;
  bool settle(const Ack& ack) override;
  bool settle(const Answered& answered) override;
  Result<std::vector<uplink::StreamState>> streams() override;
  Result<std::optional<Question>> question(const RunId& run, Stream stream, std::uint64_t first,
                                           std::size_t ranges_max) override;

 private:
  // Tells the storage thread where the reader met damage.
  void report();
  std::optional<uplink::Parcel> package(Lane lane, std::vector<storage::StoredChunk> stored) const;

  storage::Reader reader_;
  std::string gateway_;
  Crossings& crossings_;
};

}  // namespace sluice::app
