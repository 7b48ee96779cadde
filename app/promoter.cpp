#include "app/promoter.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <variant>

namespace sluice::app {
namespace {

// Chunks that are sealed early are small ones: not more often than this, whatever is wanted.
constexpr Duration kSealEvery = std::chrono::seconds(5);
constexpr Duration kForgetEvery = std::chrono::minutes(1);
// Names of channels that are written again in one commit: it has its bounds.
constexpr std::size_t kRewrittenMax = 128;
// A reading may be so late in a chunk: the ring holds 10 minutes at most.
constexpr Duration kLate = std::chrono::minutes(11);

}  // namespace

Promoter::Promoter(const config::AroundAlert& around, const std::string& boot, Crossings& crossings)
    : boot_(boot), recorder_(around), requests_(crossings, boot) {}

void Promoter::add_to(storage::Commit& commit, std::span<const Event> events, Instant now) {
  attempt_ = {recorder_, {}, {}, rewritten_};
  if (rewritten_ < channels_.size()) {
    const auto from = std::next(channels_.begin(), static_cast<std::ptrdiff_t>(rewritten_));
    for (auto next = from; next != channels_.end(); ++next, ++attempt_.rewritten) {
      if (commit.channels.size() == kRewrittenMax) break;
      commit.channels.push_back(next->second);
    }
    if (clock_) commit.clocks.push_back(*clock_);
    commit.recordings = recorder_.last();
  }
  for (const Event& event : events) learn(event, commit);
  attempt_.recordings = commit.recordings;
  if (commit.drop_frames) attempt_.sealed = now;
}

void Promoter::learn(const Event& event, storage::Commit& commit) {
  if (const auto* channel = std::get_if<ChannelDeclared>(&event)) {
    // While others are still to be written again it waits for its turn among them, too.
    const bool none_lost = attempt_.rewritten == channels_.size();
    channels_.insert_or_assign(channel->channel, *channel);
    if (none_lost) attempt_.rewritten = channels_.size();
    commit.channels.push_back(*channel);
  } else if (const auto* clock = std::get_if<ClockRecord>(&event)) {
    if (clock->synchronised) clock_ = *clock;
    commit.clocks.push_back(*clock);
  } else if (const auto* alert = std::get_if<AlertEvent>(&event)) {
    // An alert over others has no readings of its own, and each of these has its recording.
    if (alert->channel == kNoChannel) return;
    const auto known = channels_.find(alert->channel);
    const std::string name = known == channels_.end() ? std::string() : known->second.name;
    std::optional<storage::Recording> recording = attempt_.recorder->record(*alert, name);
    if (recording) commit.recordings.push_back(std::move(*recording));
  }
}

void Promoter::committed() {
  if (!attempt_.recorder) return;
  recorder_ = std::move(*attempt_.recorder);
  for (const storage::Recording& recording : attempt_.recordings) {
    kept_ = true;
    ends_.insert(recording.to);
    go_through(boot_, recording);
  }
  if (attempt_.sealed) {
    const auto over = ends_.upper_bound(*attempt_.sealed);
    if (over != ends_.begin()) early_ = *attempt_.sealed;
    ends_.erase(ends_.begin(), over);
    if (requests_.waits_for_seal()) early_ = *attempt_.sealed;
    requests_.sealed(*attempt_.sealed);
  }
  rewritten_ = attempt_.rewritten;
  attempt_ = {};
}

void Promoter::lost() {
  rewritten_ = 0;
  begun_ = false;
}

bool Promoter::wants_seal(const HotTail& tail, Instant now, bool link_up) const {
  if (tail.empty() || now - kSealEvery < early_) return false;
  const std::optional<Instant> asked = requests_.waits_for_seal();
  if (asked && tail.oldest() <= *asked) return true;
  // Without a link nobody waits for them.
  return link_up && !ends_.empty() && *ends_.begin() <= now;
}

Result<> Promoter::step(storage::Store& store, const HotTail& tail, Instant now) {
  if (!begun_) {
    if (Result<> begun = begin(store, now); !begun.ok()) return begun;
    begun_ = true;
  }
  if (tail.empty()) {
    requests_.sealed(now);
    ends_.erase(ends_.begin(), ends_.upper_bound(now));
  } else {
    requests_.sealed(tail.oldest() - Duration(1));
  }
  if (!stored_.empty()) {
    if (Result<> promoted = store.promote(stored_.front()); !promoted.ok()) return promoted;
    if (stored_.front().done) stored_.pop_front();
    return Ok{};
  }
  if (Result<> forgotten = forget(store, tail, now); !forgotten.ok()) return forgotten;
  return requests_.step(store, now);
}

// What the runs before have left: their alerts may have been recorded, and not gone through.
Result<> Promoter::begin(storage::Store& store, Instant now) {
  const Result<std::vector<storage::KeptRecording>> kept = store.recordings();
  if (!kept.ok()) return kept.error();
  kept_ = kept_ || !kept->empty();
  for (const storage::KeptRecording& one : *kept) {
    go_through(one.boot, one.what);
    if (one.boot == boot_) ends_.insert(one.what.to);
  }
  return requests_.resume(store, now);
}

Result<> Promoter::forget(storage::Store& store, const HotTail& tail, Instant now) {
  if (now < next_forget_ || !kept_ || store.salvaging()) return Ok{};
  next_forget_ = now + kForgetEvery;
  const Instant oldest = tail.empty() ? now : std::min(now, tail.oldest());
  if (Result<> done = store.forget_recordings(std::min(oldest, now - kLate)); !done.ok()) {
    return done;
  }
  const Result<std::vector<storage::KeptRecording>> kept = store.recordings();
  if (!kept.ok()) return kept.error();
  kept_ = !kept->empty();
  return Ok{};
}

// One that waits for its turn takes the next of the same channel in.
void Promoter::go_through(const std::string& boot, const storage::Recording& recording) {
  const auto same = std::find_if(stored_.begin(), stored_.end(), [&](const auto& waiting) {
    return waiting.run == 0 && waiting.boot == boot && waiting.what.channel == recording.channel &&
           waiting.what.to >= recording.from && waiting.what.from <= recording.to;
  });
  if (same != stored_.end()) {
    same->what.from = std::min(same->what.from, recording.from);
    same->what.to = std::max(same->what.to, recording.to);
    return;
  }
  storage::Promotion promotion;
  promotion.boot = boot;
  promotion.what = recording;
  stored_.push_back(std::move(promotion));
}

}  // namespace sluice::app
