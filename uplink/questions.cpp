#include "uplink/questions.hpp"

#include <algorithm>
#include <vector>

#include "uplink/messages.hpp"
#include "uplink/topics.hpp"

namespace sluice::uplink {
namespace {

// A collector that has never answered may be one that cannot.
constexpr Duration kUnansweredMax = std::chrono::hours(6);

// The run is random, and so is where its numbers begin: an answer to an earlier run says nothing.
std::uint64_t first_number(const RunId& run) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i) number = number << 8 | run.bytes[i];
  return number;
}

}  // namespace

Questions::Questions(const Options& options, const RunId& run, Link& link, Outbox& outbox)
    : options_(options), run_(run), link_(link), outbox_(outbox), number_(first_number(run)) {}

void Questions::link_up() {
  up_ = true;
  greeting_due_ = true;
}

void Questions::link_down() {
  up_ = false;
  asked_.reset();
  waiting_.clear();
  lately_.clear();
  put_off_.clear();
  pause_ends_ = Instant::min();
}

void Questions::doubt(const RunId& run, Stream stream) {
  // It is asked about at the next connect in any case.
  if (!up_) return;
  if (!lately_.contains({run, stream})) return add(run, stream);
  // What was in order a moment ago may have been lost since.
  if (put_off_.size() < kWaitingMax) put_off_.insert({run, stream});
}

void Questions::doubt_all() {
  everything_due_ = true;
  greeting_due_ = up_;
  // What was in order a moment ago need not be any more.
  lately_.clear();
}

bool Questions::answered(const Ack& ack) {
  if (!asked_ || !ack.answer || ack.answer->number != asked_->number || ack.run != asked_->run ||
      ack.stream != asked_->stream || ack.answer->last < asked_->first) {
    return false;
  }
  const Answered answered{*asked_, ack};
  if (!outbox_.settle(answered)) return false;
  ++counters_.answered;
  if (!lost_by(answered).empty()) {
    ++counters_.losses;
    doubt_all();
    lately_.insert({asked_->run, asked_->stream});
  }
  const std::uint64_t end = std::min(ack.answer->last, asked_->last);
  const bool has_rest = end < asked_->last || asked_->unsettled.size() == kQuestionRangesMax;
  if (has_rest) waiting_.push_front({asked_->run, asked_->stream, end + 1});
  asked_.reset();
  return true;
}

void Questions::add(const RunId& run, Stream stream) {
  if (waiting_.size() >= kWaitingMax || lately_.contains({run, stream})) return;
  const bool waits = std::any_of(waiting_.begin(), waiting_.end(), [&](const Subject& subject) {
    return subject.run == run && subject.stream == stream;
  });
  if (!waits) waiting_.push_back({run, stream, 1});
}

template <typename Wanted>
void Questions::add_streams(Wanted wanted) {
  const Result<std::vector<StreamState>> streams = outbox_.streams();
  if (!streams.ok()) return;
  // The newest first: what happens now depends on it.
  for (auto state = streams->rbegin(); state != streams->rend(); ++state) {
    if (wanted(*state)) add(state->run, state->stream);
  }
}

// What waits for nothing but a word of the collector: a gap record has arrived, and what it said of
// its keys has not.
void Questions::look_for_leftovers(Instant now) {
  if (now < look_due_) return;
  look_due_ = now + options_.ack_timeout_max;
  add_streams(
      [](const StreamState& state) { return state.unsettled > state.pending || state.asks_last; });
}

bool Questions::take_next() {
  while (!waiting_.empty()) {
    const Subject subject = waiting_.front();
    waiting_.pop_front();
    Result<std::optional<Question>> question =
        outbox_.question(subject.run, subject.stream, subject.first, kQuestionRangesMax);
    if (!question.ok() || !question->has_value()) continue;
    lately_.insert({subject.run, subject.stream});
    asked_ = std::move(**question);
    asked_->number = ++number_;
    sent_ = Instant::min();
    timeout_ = options_.ack_timeout_min;
    return true;
  }
  return false;
}

void Questions::step(Instant now) {
  if (!up_) return;
  if (now >= pause_ends_) {
    lately_.clear();
    for (const auto& [run, stream] : std::exchange(put_off_, {})) add(run, stream);
    pause_ends_ = now + options_.ack_timeout_min;
  }
  greeting_due_ = greeting_due_ || now >= everything_next_;
  if (greeting_due_) {
    greeting_due_ = false;
    const bool everything = std::exchange(everything_due_, false) || now >= everything_next_;
    if (everything) everything_next_ = now + options_.ask_all_every;
    add_streams([&](const StreamState& state) {
      return everything || state.run == run_ || state.unsettled > 0 || state.asks_last;
    });
    look_due_ = now + options_.ack_timeout_max;
  }
  look_for_leftovers(now);
  if (!asked_ && !take_next()) return;
  if (sent_ != Instant::min() && now - sent_ < timeout_) return;
  if (!link_.publish(topic_name({TopicKind::kAsk, options_.gateway}), encode(*asked_), Retain::kNo)
           .ok()) {
    return;
  }
  const bool answers = counters_.answered > 0;
  const Duration most = answers ? options_.ack_timeout_max : kUnansweredMax;
  if (sent_ != Instant::min()) timeout_ = std::min(2 * timeout_, most);
  sent_ = now;
  ++counters_.asked;
}

}  // namespace sluice::uplink
