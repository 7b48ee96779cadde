#pragma once
// What the far side may ask of a gateway, and what it is answered, as JSON. There is one command:
// raw readings of a channel and a span of time are put before others. Decoding is strict, as in
// messages.hpp. Pure functions, any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/chunk.hpp"
#include "core/result.hpp"

namespace sluice::uplink {

// Longest command that is read at all.
inline constexpr std::size_t kCommandBytesMax = 1'024;
// Most spans without readings in one answer.
inline constexpr std::size_t kAbsentMax = 16;

// Nanoseconds, both ends included: since 1970, or since the boot of `run`.
struct TimeSpan {
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
  bool operator==(const TimeSpan&) const = default;
};

struct RawCommand {
  std::string id;  // of the asker's choice, as is_id() takes it
  std::string channel;
  std::optional<RunId> run;  // then the span is in its boot time
  TimeSpan span;
  bool operator==(const RawCommand&) const = default;
};

// Part of the wire format, by name: so are the reasons below.
enum class CommandState : std::uint8_t { kExecuting, kSuccessful, kFailed };
inline constexpr std::uint8_t kCommandStateCount = 3;
std::string_view name_of(CommandState state);  // "executing", "successful", "failed"

enum class CommandFault : std::uint8_t {
  kNone = 0,
  kMalformed,       // it is not written as it has to be
  kUnknownChannel,  // no run that is remembered has a channel of that name
  kUnknownRun,      // nothing is remembered of the run
  kUnknownClock,    // no clock that can be trusted says when that was
  kBusy,            // as many as may wait are waiting
};
inline constexpr std::uint8_t kCommandFaultCount = 6;
std::string_view name_of(CommandFault fault);  // "none", "malformed", "unknown_channel", ...

struct CommandAnswer {
  std::string id;
  CommandState state = CommandState::kExecuting;
  CommandFault fault = CommandFault::kNone;  // of kFailed
  // Of kSuccessful: what is stored of the span and goes before other readings now.
  std::uint64_t chunks = 0;
  std::uint64_t readings = 0;
  // Where nothing is stored: delivered or dropped before, or never measured. In the time that was
  // asked in, ascending; the last of kAbsentMax reaches over all that follow.
  std::vector<TimeSpan> absent = {};
  // Boots in which nobody knows what time it was: what they have of the span was left out.
  std::uint64_t boots_without_clock = 0;
  bool operator==(const CommandAnswer&) const = default;
};

// REQUIRES: is_id(id), at most kAbsentMax spans.
Bytes encode(const RawCommand& command);
Bytes encode(const CommandAnswer& answer);

Result<RawCommand> decode_command(std::span<const std::byte> payload);
Result<CommandAnswer> decode_answer(std::span<const std::byte> payload);

// Of a message that is no command but an object with an id; empty when it has none.
std::string id_in(std::span<const std::byte> payload);

}  // namespace sluice::uplink
