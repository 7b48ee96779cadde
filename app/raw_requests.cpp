#include "app/raw_requests.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "app/wall_spans.hpp"

namespace sluice::app {
namespace {

using uplink::CommandFault;
using uplink::CommandState;
using uplink::TimeSpan;

// Where readings are, in the time that was asked in.
std::vector<TimeSpan> in_asked_time(const std::vector<storage::Span>& covered,
                                    const std::vector<ClockRecord>& clocks) {
  std::vector<TimeSpan> spans;
  for (const storage::Span& span : covered) {
    spans.push_back(clocks.empty() ? TimeSpan{to_ns(span.first), to_ns(span.last)}
                                   : TimeSpan{to_ns(wall_at(clocks, span.first)),
                                              to_ns(wall_at(clocks, span.last))});
  }
  return spans;
}

// What of `asked` lies between; readings a period or two apart are neighbours.
std::vector<TimeSpan> holes(const TimeSpan& asked, std::vector<TimeSpan> covered, Duration period) {
  std::sort(covered.begin(), covered.end(),
            [](const TimeSpan& a, const TimeSpan& b) { return a.from_ns < b.from_ns; });
  std::vector<TimeSpan> holes;
  std::int64_t reached = asked.from_ns;
  const auto note = [&](std::int64_t to_ns) {
    std::int64_t length = 0;
    const bool long_enough = to_ns > reached && (__builtin_sub_overflow(to_ns, reached, &length) ||
                                                 length > 2 * sluice::to_ns(period));
    if (!long_enough) return;
    if (holes.size() < uplink::kAbsentMax) {
      holes.push_back({reached, to_ns});
    } else {
      holes.back().to_ns = to_ns;
    }
  };
  for (const TimeSpan& span : covered) {
    note(std::min(span.from_ns, asked.to_ns));
    reached = std::max(reached, span.to_ns);
  }
  note(asked.to_ns);
  return holes;
}

}  // namespace

Result<> RawRequests::resume(storage::Store& store, Instant now) {
  const Result<std::vector<storage::Request>> open = store.open_requests();
  if (!open.ok()) return open.error();
  for (const storage::Request& request : *open) {
    const auto known = std::any_of(jobs_.begin(), jobs_.end(),
                                   [&](const Job& job) { return job.command.id == request.id; });
    const Result<uplink::RawCommand> command = uplink::decode_command(request.command);
    if (known || !command.ok()) continue;  // of a newer program: it is not ours to judge
    Result<Planned> planned = plan(store, *command, now);
    if (!planned.ok()) return planned.error();
    if (auto* const job = std::get_if<Job>(&*planned)) {
      jobs_.push_back(std::move(*job));
    } else if (Result<> told = refuse(store, *command, std::get<CommandFault>(*planned));
               !told.ok()) {
      return told;
    }
  }
  return Ok{};
}

Result<> RawRequests::step(storage::Store& store, Instant now) {
  if (Result<> heard = hear(store, now); !heard.ok()) return heard;
  if (jobs_.empty() || jobs_.front().unsealed) return Ok{};
  Job& job = jobs_.front();
  if (job.part < job.parts.size()) {
    storage::Promotion& promotion = job.parts[job.part].promotion;
    if (Result<> promoted = store.promote(promotion); !promoted.ok()) return promoted;
    if (promotion.done) ++job.part;
    return Ok{};
  }
  if (Result<> finished = finish(store, job); !finished.ok()) return finished;
  jobs_.pop_front();
  return Ok{};
}

std::optional<Instant> RawRequests::waits_for_seal() const {
  std::optional<Instant> latest;
  for (const Job& job : jobs_) latest = std::max(latest, job.unsealed);
  return latest;
}

void RawRequests::sealed(Instant upto) {
  for (Job& job : jobs_) {
    if (job.unsealed && *job.unsealed <= upto) job.unsealed.reset();
  }
}

Result<> RawRequests::hear(storage::Store& store, Instant now) {
  if (!heard_) heard_ = crossings_.commands.try_pop();
  if (!heard_) return Ok{};
  Result<> accepted = accept(store, *heard_, now);
  if (accepted.ok()) heard_.reset();
  return accepted;
}

Result<> RawRequests::accept(storage::Store& store, const uplink::RawCommand& command,
                             Instant now) {
  const Result<std::optional<storage::Request>> known = store.find_request(command.id);
  if (!known.ok()) return known.error();
  if (known->has_value()) {
    const Result<uplink::CommandAnswer> answer = uplink::decode_answer((*known)->answer);
    say(answer.ok() ? *answer : uplink::CommandAnswer{command.id});
    return Ok{};
  }
  if (jobs_.size() >= kJobsMax) {
    say({command.id, CommandState::kFailed, CommandFault::kBusy});
    return Ok{};
  }
  Result<Planned> planned = plan(store, command, now);
  if (!planned.ok()) return planned.error();
  if (const auto* const fault = std::get_if<CommandFault>(&*planned)) {
    return refuse(store, command, *fault);
  }
  if (Result<> kept = store.put_request({command.id, encode(command)}); !kept.ok()) return kept;
  jobs_.push_back(std::get<Job>(std::move(*planned)));
  say({command.id, CommandState::kExecuting});
  return Ok{};
}

Result<> RawRequests::refuse(storage::Store& store, const uplink::RawCommand& command,
                             CommandFault fault) {
  const uplink::CommandAnswer answer{command.id, CommandState::kFailed, fault};
  Result<> kept = store.put_request({command.id, encode(command), encode(answer)});
  if (!kept.ok()) return kept;
  ++done_;
  say(answer);
  return kept;
}

Result<> RawRequests::finish(storage::Store& store, const Job& job) {
  uplink::CommandAnswer answer{job.command.id, CommandState::kSuccessful};
  std::vector<TimeSpan> covered;
  Duration period{};
  for (const Part& part : job.parts) {
    answer.chunks += part.promotion.chunks;
    answer.readings += part.promotion.readings;
    period = std::max(period, part.promotion.period);
    const std::vector<TimeSpan> here = in_asked_time(part.promotion.covered, part.clocks);
    covered.insert(covered.end(), here.begin(), here.end());
  }
  answer.absent = holes({job.command.span.from_ns, job.end_ns}, std::move(covered), period);
  answer.boots_without_clock = job.boots_without_clock;
  Result<> kept = store.put_request({job.command.id, encode(job.command), encode(answer)});
  if (!kept.ok()) return kept;
  ++done_;
  say(answer);
  return kept;
}

Result<RawRequests::Planned> RawRequests::plan(storage::Store& store,
                                               const uplink::RawCommand& command,
                                               Instant now) const {
  const Result<std::vector<storage::KnownBoot>> boots = store.boots_of(command.channel);
  if (!boots.ok()) return boots.error();
  const TimeSpan& asked = command.span;
  Job job{command, {}, 0, {}, asked.to_ns};
  if (command.run) {
    const Result<std::string> boot = store.boot_of(*command.run);
    if (!boot.ok()) return boot.error();
    if (boot->empty()) return Planned(CommandFault::kUnknownRun);
    for (const storage::KnownBoot& one : *boots) {
      if (one.boot != *boot) continue;
      add_part(job, one, {instant_from_ns(asked.from_ns), instant_from_ns(asked.to_ns)}, now,
               false);
    }
    return job.parts.empty() ? Planned(CommandFault::kUnknownChannel) : Planned(std::move(job));
  }
  if (boots->empty()) return Planned(CommandFault::kUnknownChannel);
  for (const storage::KnownBoot& one : *boots) {
    job.boots_without_clock += one.clocks.empty() ? 1 : 0;
    const std::optional<storage::Span> span =
        boot_span(one.clocks, wall_time_from_ns(asked.from_ns), wall_time_from_ns(asked.to_ns));
    if (span) add_part(job, one, *span, now, true);
  }
  if (job.parts.empty()) return Planned(CommandFault::kUnknownClock);
  return Planned(std::move(job));
}

void RawRequests::add_part(Job& job, const storage::KnownBoot& boot, const storage::Span& span,
                           Instant now, bool by_wall) const {
  Part part;
  part.promotion.boot = boot.boot;
  part.promotion.what = {job.command.channel, span.first, span.last};
  if (by_wall) part.clocks = boot.clocks;
  if (boot.boot == boot_) {
    // What is still to come is not asked for.
    const std::int64_t now_ns = by_wall ? to_ns(wall_at(boot.clocks, now)) : to_ns(now);
    job.end_ns = std::clamp(now_ns, job.command.span.from_ns, job.end_ns);
    part.promotion.what.to = std::clamp(now, span.first, std::max(span.first, span.last));
    if (span.first <= now) job.unsealed = part.promotion.what.to;
  }
  job.parts.push_back(std::move(part));
}

// One that finds the ring full is not said: the asker asks again.
void RawRequests::say(const uplink::CommandAnswer& answer) {
  static_cast<void>(crossings_.answers.try_push(answer));
}

}  // namespace sluice::app
