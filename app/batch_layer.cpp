#include "app/batch_layer.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include "app/rollup_grid.hpp"
#include "chunk/rollups.hpp"

namespace sluice::app {
namespace {

// Between two slices, so that even an idle machine is not kept busy, and between two looks.
constexpr Duration kPause = std::chrono::milliseconds(5);
constexpr Duration kFullPause = std::chrono::milliseconds(200);
constexpr Duration kLookEvery = std::chrono::seconds(10);
// What was handed over is durable by then, unless storage has its troubles.
constexpr Duration kSettles = std::chrono::seconds(2);
// Of chunks and frames in one transaction: 30,000 readings or so.
constexpr std::size_t kBytesAtATime = 16 * 1024;
// A window has at least as many periods.
constexpr std::int64_t kPeriodsMin = 10;

}  // namespace

BatchLayer::BatchLayer(const config::RollupOptions& options, storage::Reader reader,
                       Crossings& crossings)
    : options_(options), reader_(std::move(reader)), crossings_(crossings) {}

Duration BatchLayer::step(Instant now) {
  status_.stepped_at = now;
  Result<Duration> rest = slice();
  if (!rest.ok()) {
    // The database may not be there yet, or be busy, or have been set aside.
    ++status_.failures;
    stretch_.reset();
    looking_ = false;
    rest = kLookEvery;
  }
  crossings_.batch.publish(status_);
  return *rest;
}

void BatchLayer::note_slice(Duration taken) {
  status_.longest_slice = std::max(status_.longest_slice, taken);
}

Result<Duration> BatchLayer::slice() {
  if (waiting_) {
    if (!crossings_.rolled_up.try_push(*waiting_)) return kFullPause;
    waiting_.reset();
    return kPause;
  }
  if (stretch_) {
    if (const Result<> worked = work(); !worked.ok()) return worked.error();
    return kPause;
  }
  if (looking_) {
    if (const Result<> opened = open_channel(); !opened.ok()) return opened.error();
    return !looking_ && moved_ ? kSettles : kPause;
  }
  const Result<bool> chosen = choose_run();
  if (!chosen.ok()) return chosen.error();
  return *chosen ? kPause : kLookEvery;
}

Instant BatchLayer::limit_of(const storage::RollupRun& run) const {
  if (run.over) return Instant::max();
  const bool has_room = run.durable_upto >= Instant::min() + options_.lateness;
  return has_room ? run.durable_upto - options_.lateness : Instant::min();
}

Result<bool> BatchLayer::choose_run() {
  const bool salvaging = crossings_.storage.read().salvaging;
  const Result<storage::RollupRuns> all = reader_.rollup_runs();
  if (!all.ok()) return all.error();
  // What was known of runs that are over may have changed.
  if (all->clocks != clocks_ || (salvaging_ && !salvaging)) idle_until_.clear();
  clocks_ = all->clocks;
  salvaging_ = salvaging;
  std::erase_if(idle_until_, [&](const auto& known) {
    return std::ranges::none_of(all->runs, [&](const auto& run) { return run.run == known.first; });
  });
  for (const storage::RollupRun& run : all->runs) {
    const auto idle = idle_until_.find(run.run);
    const bool is_idle = idle != idle_until_.end() &&
                         (idle->second == Instant::max() || limit_of(run) < idle->second);
    if (is_idle || (run.over && salvaging)) continue;
    Result<storage::RollupChannels> channels = reader_.rollup_channels(run.run);
    if (!channels.ok()) return channels.error();
    run_ = run;
    channels_ = std::move(*channels);
    channel_ = 0;
    looking_ = true;
    moved_ = false;
    return true;
  }
  return false;
}

void BatchLayer::end_run() {
  looking_ = false;
  // What was handed over is looked at again: storage may have lost it.
  if (moved_) return;
  const Instant limit = limit_of(run_);
  idle_until_[run_.run] =
      run_.over ? limit : window_at(channels_.clocks, limit, options_.windows.back()).end;
}

std::span<const Duration> BatchLayer::lengths() const {
  const storage::RollupChannel& channel = channels_.channels[channel_];
  if (std::ranges::find(options_.except, channel.name) != options_.except.end()) return {};
  const auto first = std::ranges::find_if(
      options_.windows, [&](Duration length) { return length / kPeriodsMin >= channel.period; });
  return std::span(options_.windows)
      .subspan(static_cast<std::size_t>(first - options_.windows.begin()));
}

Result<std::optional<Instant>> BatchLayer::next_reading() {
  History history(
      reader_, {run_.run, Stream::kRaw, channel().channel, channel().cursor.upto, limit_of(run_)});
  while (!history.done()) {
    const Result<std::vector<Reading>> readings = history.next(kBytesAtATime);
    if (!readings.ok()) return readings.error();
    const auto first = std::ranges::min_element(*readings, {}, &Reading::time);
    if (first != readings->end()) return std::optional(first->time);
  }
  return std::optional<Instant>();
}

Result<> BatchLayer::open_channel() {
  while (channel_ < channels_.channels.size() && lengths().empty()) ++channel_;
  if (channel_ == channels_.channels.size()) {
    end_run();
    return Ok{};
  }
  const storage::RollupCursor& cursor = channel().cursor;
  const Instant limit = limit_of(run_);
  const bool knows_time = !channels_.clocks.empty();
  if (channels_.cursors_lost && cursor.upto == Instant::min()) {
    // What was rolled up before nobody knows, and half of it must not be given out for the whole.
    move({run_.over ? limit : run_.durable_upto, 0, knows_time}, {});
    return Ok{};
  }
  if (knows_time && !cursor.aligned && cursor.upto != Instant::min()) {
    // The clock has been found since. What is here whole is rolled up again, to the hour.
    storage::RollupCursor after = cursor;
    after.aligned = true;
    if (run_.complete) after = {Instant::min(), cursor.revision + 1, true};
    move(after, {});
    return Ok{};
  }
  const Duration longest = options_.windows.back();
  const bool begun = cursor.upto != Instant::min();
  if (cursor.upto == Instant::max() ||
      (begun && window_at(channels_.clocks, cursor.upto, longest).end > limit)) {
    ++channel_;
    return Ok{};
  }
  const Result<std::optional<Instant>> next = next_reading();
  if (!next.ok()) return next.error();
  if (!next->has_value()) {
    if (run_.over) move({limit, cursor.revision, knows_time}, {});
    ++channel_;
    return Ok{};
  }
  WindowBounds bounds = window_at(channels_.clocks, **next, longest);
  bounds.begin = std::max(bounds.begin, cursor.upto);
  if (bounds.end > limit) {
    ++channel_;
    return Ok{};
  }
  stretch_.emplace(Stretch{
      RollupMaker(lengths(), channels_.clocks, bounds),
      History(reader_, {run_.run, Stream::kRaw, channel().channel, bounds.begin, bounds.end})});
  return Ok{};
}

Result<> BatchLayer::work() {
  const Result<std::vector<Reading>> readings = stretch_->history.next(kBytesAtATime);
  if (!readings.ok()) return readings.error();
  for (const Reading& reading : *readings) stretch_->maker.add(reading);
  if (stretch_->history.done()) finish_stretch();
  return Ok{};
}

void BatchLayer::finish_stretch() {
  storage::RollupCursor after = channel().cursor;
  after.upto = stretch_->maker.stretch().end;
  after.aligned = !channels_.clocks.empty();
  const std::vector<Rollup> rollups = stretch_->maker.take(after.revision);
  std::vector<SealedChunk> chunks;
  for (std::size_t done = 0; done < rollups.size(); done += chunk::kRollupsMax) {
    const std::size_t some = std::min<std::size_t>(chunk::kRollupsMax, rollups.size() - done);
    chunks.push_back(
        chunk::encode_rollups(channel().channel, std::span(rollups).subspan(done, some)));
  }
  status_.windows += rollups.size();
  status_.chunks += chunks.size();
  status_.unreadable += stretch_->history.unreadable();
  stretch_.reset();
  move(after, std::move(chunks));
}

void BatchLayer::move(const storage::RollupCursor& after, std::vector<SealedChunk> chunks) {
  storage::RolledUp part{run_.run, channel().channel, channel().cursor, after, std::move(chunks)};
  channel().cursor = after;
  moved_ = true;
  if (!crossings_.rolled_up.try_push(part)) waiting_ = std::move(part);
}

}  // namespace sluice::app
