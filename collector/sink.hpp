#pragma once
// Seam: where a collector keeps what arrives. The real one is collector/sqlite_sink.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "collector/shipment.hpp"
#include "core/ack.hpp"
#include "core/chunk.hpp"
#include "core/question.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/messages.hpp"

namespace sluice::collector {

// A stream whose acknowledgement has news, and a key there that is among the news.
struct Settled {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t seq = 0;
};

struct Receipt {
  std::vector<std::size_t> stored;  // which chunks of the shipment are new
  std::uint64_t duplicates = 0;     // had been held, or resolved by a gap
  std::uint64_t conflicts = 0;      // same key, other bytes: quarantined, the first stays
  std::vector<Refusal> refusals;    // those whose key a gap had resolved, and the conflicts
  std::uint64_t unreadable = 0;     // among the stored
  std::vector<Settled> settled;     // the shipment's own stream, and those its gap records touched
};

class Sink {
 public:
  virtual ~Sink() = default;

  // All of it in one transaction, durable when it returns. On an error nothing of it is stored.
  virtual Result<Receipt> store(const Shipment& shipment, WallTime now) = 0;
  // What is committed of that stream, all of it. kNotFound when nothing ever was.
  virtual Result<Ack> acknowledgement(std::string_view gateway, const RunId& run,
                                      Stream stream) = 0;
  // What is committed of the keys that the question is about, cut at its borders; of a stream of
  // which nothing has ever arrived, nothing.
  virtual Result<Ack> answer(std::string_view gateway, const Question& question) = 0;
  virtual Result<> note_hello(std::string_view gateway, const uplink::Hello& hello,
                              WallTime now) = 0;
  virtual Result<> note_status(std::string_view gateway, const uplink::Status& status,
                               WallTime now) = 0;
};

}  // namespace sluice::collector
