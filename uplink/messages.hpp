#pragma once
// The small messages of the protocol as JSON, so that any language can speak them. Batches are not
// among them (chunk/batch.hpp). Decoding is strict: an unknown or missing field, a wrong type, a
// number out of range or a text too long is kInvalid; nothing is half understood. Pure functions,
// any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ack.hpp"
#include "core/alert.hpp"
#include "core/chunk.hpp"
#include "core/question.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::uplink {

// Largest message that is read at all.
inline constexpr std::size_t kMessageBytesMax = 256 * 1024;
using sluice::kAckIntervalsMax;
// Most holdings in one Hello, alerts and values in one Live.
inline constexpr std::size_t kHoldingsMax = 1'024;
inline constexpr std::size_t kLiveAlertsMax = 64;
inline constexpr std::size_t kLiveValuesMax = 256;
// Most ranges in one Question: each may cut the answer in two.
inline constexpr std::size_t kQuestionRangesMax = 256;
// Longest text in a message: names, versions, hashes.
inline constexpr std::size_t kTextBytesMax = 128;

// What the gateway keeps of one run and stream.
struct HelloHolding {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t last_seq = 0;  // last key given
  std::uint64_t pending = 0;   // chunks not yet acknowledged
  bool operator==(const HelloHolding&) const = default;
};

// Retained. Who the gateway is in this run and what it still has to send.
struct Hello {
  RunId run;
  std::string boot;  // kernel's boot id
  std::string version;
  std::string config_hash;
  std::vector<HelloHolding> holdings;
  bool operator==(const Hello&) const = default;
};

// Retained. The last will says offline; it carries the run, so that a late will of an old session
// is told from the present one.
struct Status {
  RunId run;
  bool online = false;
  bool operator==(const Status&) const = default;
};

struct LiveAlert {
  std::string name;
  std::string channel;
  AlertChange change = AlertChange::kRaised;
  Severity severity = Severity::kWarning;
  double value = 0.0;
  std::uint32_t count = 0;
  Instant time;
  std::optional<WallTime> wall;  // nothing while the gateway's clock is not trusted
  bool operator==(const LiveAlert&) const = default;
};
struct LiveValue {
  std::string channel;
  std::string unit;
  double value = 0.0;  // JSON has no NaN and no infinity: they arrive as NaN
  Quality quality = Quality::kMissing;
  Instant time;
  std::optional<WallTime> wall;
  bool operator==(const LiveValue&) const = default;
};
// Quick, not exactly once: the records come later, exactly once, in batches.
struct Live {
  RunId run;
  std::vector<LiveAlert> alerts;
  std::vector<LiveValue> values;
  bool operator==(const Live&) const = default;
};

// REQUIRES: within the limits above; longer texts are cut.
Bytes encode(const Ack& ack);
Bytes encode(const Question& question);
Bytes encode(const Hello& hello);
Bytes encode(const Status& status);
Bytes encode(const Live& live);

Result<Ack> decode_ack(std::span<const std::byte> payload);
Result<Question> decode_question(std::span<const std::byte> payload);
Result<Hello> decode_hello(std::span<const std::byte> payload);
Result<Status> decode_status(std::span<const std::byte> payload);
Result<Live> decode_live(std::span<const std::byte> payload);

}  // namespace sluice::uplink
