#pragma once
// Seam: where a collector keeps what arrives. The real one is collector/sqlite_sink.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ack.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/messages.hpp"

namespace sluice::collector {

// What a chunk says. Nothing when this program cannot read it, which is no reason to lose it: its
// bytes are kept as they came.
using Records = std::variant<std::monostate, std::vector<Reading>, std::vector<Event>>;

struct ArrivedChunk {
  Chunk chunk;  // checksum verified
  Records records;
};

// One batch, verified. REQUIRES: all chunks of `run` and `stream`; 1 <= seq < 2^63.
struct Shipment {
  std::string gateway;
  RunId run;
  Stream stream = Stream::kRaw;
  std::vector<ArrivedChunk> chunks;
};

// A stream whose acknowledgement has news, and where in it.
struct Settled {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t seq = 0;
};

struct Receipt {
  std::vector<std::size_t> stored;  // which chunks of the shipment are new
  std::uint64_t duplicates = 0;     // had been held, or resolved by a gap
  std::uint64_t conflicts = 0;      // same key, other bytes: quarantined, the first stays
  std::vector<Settled> settled;     // the shipment's own stream, and those its gap records touched
};

class Sink {
 public:
  virtual ~Sink() = default;

  // All of it in one transaction, durable when it returns. On an error nothing of it is stored.
  virtual Result<Receipt> store(const Shipment& shipment, WallTime now) = 0;
  // What is committed of that stream. kNotFound when nothing ever was.
  virtual Result<Ack> acknowledgement(std::string_view gateway, const RunId& run,
                                      Stream stream) = 0;
  virtual Result<> note_hello(std::string_view gateway, const uplink::Hello& hello,
                              WallTime now) = 0;
  virtual Result<> note_status(std::string_view gateway, const uplink::Status& status,
                               WallTime now) = 0;
};

}  // namespace sluice::collector
