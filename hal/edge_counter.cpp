#include "hal/edge_counter.hpp"

#include <algorithm>

namespace sluice::hal {

void EdgeCounter::begin(bool level, Duration now) {
  level_ = raw_ = level;
  raw_since_ = now;
  last_ = reference_ = Mark{};
  rate_ = 0.0;
}

void EdgeCounter::take(bool rising, Duration at) {
  if (options_.debounce == Duration::zero()) {
    level_ = raw_ = rising;
    raw_since_ = at;
    note(rising, at);
    return;
  }
  settle_before(at);
  raw_ = rising;
  raw_since_ = at;
}

bool EdgeCounter::bridge(bool level, Duration now) {
  const bool missing =
      options_.debounce == Duration::zero() || now - raw_since_ >= options_.debounce;
  if (missing) {
    begin(level, now);
  } else {
    raw_ = level;
    raw_since_ = now;
  }
  return missing;
}

void EdgeCounter::settle(Duration now) {
  if (options_.debounce > Duration::zero()) settle_before(now);
}

void EdgeCounter::settle_before(Duration at) {
  if (raw_ == level_ || at - raw_since_ < options_.debounce) return;
  level_ = raw_;
  note(level_, raw_since_);
}

void EdgeCounter::note(bool rising, Duration at) {
  const Counted direction = rising ? Counted::kRising : Counted::kFalling;
  if (options_.counted != Counted::kBoth && options_.counted != direction) return;
  ++count_;
  last_ = {.known = true, .at = at, .count = count_};
  // Of the first edges the rate is that from the first to the last.
  if (!reference_.known) reference_ = last_;
}

double EdgeCounter::rate(Duration now) {
  if (!last_.known) return rate_ = 0.0;
  const Duration quiet = now - last_.at;
  if (quiet >= options_.silence) {
    last_ = reference_ = Mark{};
    return rate_ = 0.0;
  }
  if (last_.at > reference_.at) {
    rate_ =
        static_cast<double>(last_.count - reference_.count) / to_seconds(last_.at - reference_.at);
  } else if (quiet > Duration::zero()) {
    rate_ = std::min(rate_, 1.0 / to_seconds(quiet));
  }
  reference_ = last_;
  return rate_;
}

}  // namespace sluice::hal
