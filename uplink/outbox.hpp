#pragma once
// Seam: what waits to be delivered, seen from the uplink. The application joins storage/ and chunk/
// behind it; the uplink knows neither.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/ack.hpp"
#include "core/chunk.hpp"
#include "core/lane.hpp"
#include "core/question.hpp"
#include "core/result.hpp"

namespace sluice::uplink {

// Some pending chunks of one run and stream, packaged for sending.
struct Parcel {
  struct Item {
    std::uint64_t position = 0;  // order of storing, >= 1
    std::uint64_t seq = 0;
  };
  RunId run;
  Stream stream = Stream::kRaw;
  std::vector<Item> items;
  Bytes payload;
};

// What a stream has, as far as the uplink asks.
struct StreamState {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t pending = 0;    // chunks
  std::uint64_t unsettled = 0;  // keys: of those, and of what was dropped or is missing
  bool asks_last = false;       // the run is closed: it is to be asked about once more
};

class Outbox {
 public:
  virtual ~Outbox() = default;

  // Pending chunks from the beginning of the range, at most about `bytes_max` (one at least);
  // nothing when there are none.
  virtual Result<std::optional<Parcel>> next(const LaneRange& range, std::size_t bytes_max) = 0;
  // Position of the chunk that was stored last; 0: none ever was.
  virtual Result<std::uint64_t> newest() = 0;
  // The same chunks of `lane` packaged again; without those that are settled by now, nothing if all
  // are.
  virtual Result<std::optional<Parcel>> again(Lane lane, std::span<const Parcel::Item> items) = 0;

  // Passes an acknowledgement on to storage, which decides whether to believe it. False when
  // storage is behind; the acknowledgement comes again.
  virtual bool settle(const Ack& ack) = 0;
  virtual bool settle(const Answered& answered) = 0;

  // Of all runs, the oldest first.
  virtual Result<std::vector<StreamState>> streams() = 0;
  // What to ask about a stream's keys from `first` on, without a number; nothing when there are
  // none. With at most `ranges_max` ranges, so that it may end before the last key.
  virtual Result<std::optional<Question>> question(const RunId& run, Stream stream,
                                                   std::uint64_t first, std::size_t ranges_max) = 0;
};

}  // namespace sluice::uplink
