#pragma once
// Carries out what the far side asks for: raw readings of a channel and a span of time are put
// before others. Nothing else can be done by a command. Piece by piece, one command after the
// other; what is not done goes on after a restart, and what was done is answered again and not done
// twice. Storage thread only.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/crossings.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"
#include "uplink/command.hpp"

namespace sluice::app {

class RawRequests {
 public:
  // Commands under way; more are told so.
  static constexpr std::size_t kJobsMax = 16;

  // `crossings` outlives it; `boot` is the kernel's boot id.
  RawRequests(Crossings& crossings, std::string boot)
      : crossings_(crossings), boot_(std::move(boot)) {}

  // Takes up what was left unfinished. What fails may be called again.
  Result<> resume(storage::Store& store, Instant now);
  // Hears what has come, and goes on with the first. On failure nothing is lost.
  Result<> step(storage::Store& store, Instant now);

  // The latest stamp of this boot that somebody waits for who came before the last seal.
  std::optional<Instant> waits_for_seal() const;
  // What was stamped by `upto` is in chunks.
  void sealed(Instant upto);

  std::uint64_t done() const { return done_; }  // answered, as done or as failed

 private:
  // Of one boot.
  struct Part {
    storage::Promotion promotion;
    std::vector<ClockRecord> clocks;  // empty: it was asked for in boot time
  };
  struct Job {
    uplink::RawCommand command;
    std::vector<Part> parts;
    std::size_t part = 0;             // the next
    std::optional<Instant> unsealed;  // upto here of this boot
    std::int64_t end_ns = 0;  // of the span, in the time that was asked in; not later than now
    std::uint64_t boots_without_clock = 0;
  };
  Result<> hear(storage::Store& store, Instant now);
  Result<> accept(storage::Store& store, const uplink::RawCommand& command, Instant now);
  Result<> refuse(storage::Store& store, const uplink::RawCommand& command,
                  uplink::CommandFault fault);
  Result<> finish(storage::Store& store, const Job& job);
  using Planned = std::variant<Job, uplink::CommandFault>;
  Result<Planned> plan(storage::Store& store, const uplink::RawCommand& command, Instant now) const;
  void add_part(Job& job, const storage::KnownBoot& boot, const storage::Span& span, Instant now,
                bool by_wall) const;
  void say(const uplink::CommandAnswer& answer);

  Crossings& crossings_;
  std::string boot_;
  std::deque<Job> jobs_;
  std::optional<uplink::RawCommand> heard_;  // being accepted
  std::uint64_t done_ = 0;
};

}  // namespace sluice::app
