#include "app/flight_recorder.hpp"

#include <algorithm>

namespace sluice::app {

std::optional<storage::Recording> FlightRecorder::record(const AlertEvent& event,
                                                         const std::string& channel) {
  const Duration length = around_.before + around_.after;
  if (event.change != AlertChange::kRaised || length == Duration::zero()) return std::nullopt;
  const Instant from = event.time - around_.before;
  const Instant to = event.time + around_.after;
  const bool all = around_.channels == config::AroundAlert::Channels::kAll;
  const std::string name = all ? std::string() : channel;
  const Channel fresh{Instant::min(), Instant::min(), kSpansAtOnce * length, event.time};
  const auto known = channels_.find(name);
  Channel next = known == channels_.end() ? fresh : known->second;
  const Duration rested = std::max(event.time - next.credited, Duration::zero());
  next.credit = std::min(next.credit + rested / kRest, kSpansAtOnce * length);
  next.credited = std::max(next.credited, event.time);
  // Into a span that is being recorded a further alert brings only what is behind its end.
  const bool joins = next.to >= from;
  const Duration added = joins ? std::max(to - next.to, Duration::zero()) : length;
  const bool unknown = name.empty() && !all;
  if (unknown || added > next.credit || (!joins && open_at(event.time) >= kOpenMax)) {
    ++skipped_;
    return std::nullopt;
  }
  next.credit -= added;
  next.from = joins ? std::min(next.from, from) : from;
  next.to = std::max(next.to, to);
  channels_.insert_or_assign(name, next);
  ++recorded_;
  return storage::Recording{name, from, to};
}

std::vector<storage::Recording> FlightRecorder::last() const {
  std::vector<storage::Recording> spans;
  for (const auto& [name, channel] : channels_) spans.push_back({name, channel.from, channel.to});
  return spans;
}

std::size_t FlightRecorder::open_at(Instant now) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      channels_, [now](const auto& channel) { return channel.second.to > now; }));
}

}  // namespace sluice::app
