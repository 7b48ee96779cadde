#include "uplink/live_feed.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::uplink {
namespace {

// Of the time in which values could be under way, they are in one part of so many.
constexpr int kShare = 4;

}  // namespace

LiveFeed::LiveFeed(std::string topic, const RunId& run, Duration values_every, Link& link)
    : topic_(std::move(topic)), run_(run), values_every_(values_every), link_(link) {}

void LiveFeed::alert(LiveAlert alert) {
  if (alerts_.size() == kAlertsWaitingMax) {
    alerts_.pop_front();
    ++dropped_;
  }
  alerts_.push_back(std::move(alert));
}

void LiveFeed::step(Instant now, bool values_allowed) {
  while (!alerts_.empty()) {
    Live live{run_, {}, {}};
    const auto count =
        static_cast<std::ptrdiff_t>(std::min<std::size_t>(alerts_.size(), kLiveAlertsMax));
    live.alerts.assign(alerts_.begin(), alerts_.begin() + count);
    if (!publish(live)) return;
    alerts_.erase(alerts_.begin(), alerts_.begin() + count);
  }
  const bool due = !values_.empty() && values_every_ != Duration::zero() && now >= values_due_;
  if (due && values_allowed && values_token_ == 0) send_values(now);
}

void LiveFeed::send_values(Instant now) {
  values_sent_ = now;
  // From the last deadline; from now on when that one was missed altogether.
  values_due_ += values_every_;
  if (values_due_ <= now) values_due_ = now + values_every_;
  for (auto next = values_.begin(); next != values_.end();) {
    const auto left = static_cast<std::size_t>(std::distance(next, values_.end()));
    const auto end = next + static_cast<std::ptrdiff_t>(std::min(left, kLiveValuesMax));
    if (!publish({run_, {}, {next, end}})) break;  // the next values are newer anyway
    values_token_ = tokens_.back();
    next = end;
  }
  values_.clear();
}

bool LiveFeed::taken(std::uint32_t token, Instant now) {
  if (std::erase(tokens_, token) == 0) return false;
  if (token == values_token_) {
    values_token_ = 0;
    values_due_ = std::max(values_due_, values_sent_ + kShare * (now - values_sent_));
  }
  return true;
}

void LiveFeed::link_down() {
  tokens_.clear();
  values_token_ = 0;
}

bool LiveFeed::publish(const Live& live) {
  if (tokens_.size() >= kInFlightMax) return false;
  const Result<std::uint32_t> token = link_.publish(topic_, encode(live), Retain::kNo);
  if (!token) return false;
  tokens_.push_back(*token);
  ++sent_;
  return true;
}

}  // namespace sluice::uplink
