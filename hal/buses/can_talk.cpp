#include "hal/buses/can_talk.hpp"

#include <linux/can/error.h>

#include <algorithm>
#include <span>

#include "core/check.hpp"

namespace sluice::hal::can {
namespace {

bool is_selected(std::span<const std::uint8_t> bytes, const Wanted& wanted) {
  if (!wanted.selector) return true;
  return *bytes_for(*wanted.selector) <= bytes.size() &&
         unsigned_of(bytes, *wanted.selector) == wanted.selected;
}

}  // namespace

Talk::Listener* Talk::find(const Wanted& wanted) {
  const auto found =
      std::find_if(listeners_.begin(), listeners_.end(),
                   [&](const Listener& listener) { return listener.wanted == wanted; });
  return found == listeners_.end() ? nullptr : &*found;
}

void Talk::hear(const can_frame& frame, Instant now) {
  if ((frame.can_id & CAN_ERR_FLAG) != 0) {
    ++errors_;
    if ((frame.can_id & CAN_ERR_BUSOFF) != 0) bus_off_ = true;
    if ((frame.can_id & CAN_ERR_RESTARTED) != 0) bus_off_ = false;
    return;
  }
  // Somebody is heard.
  bus_off_ = false;
  const std::span<const std::uint8_t> bytes(frame.data,
                                            std::min<std::size_t>(frame.len, kBytesMax));
  for (Listener& listener : listeners_) {
    const Wanted& wanted = listener.wanted;
    if (frame.can_id != wanted.id || !is_selected(bytes, wanted)) continue;
    if (*bytes_for(wanted.signal) > bytes.size()) {
      ++errors_;
      continue;
    }
    listener.newest = {.value = value_of(bytes, wanted.signal), .at = now};
  }
}

void Talk::drain(Instant now) {
  const Result<> done = socket_.drain([&](const can_frame& frame) { hear(frame, now); });
  failure_ = done.ok() ? std::nullopt : std::optional(done.error());
}

void Talk::want(const Wanted& wanted, Instant now) {
  if (now != round_) {
    std::erase_if(listeners_, [&](const Listener& listener) { return listener.round != round_; });
    round_ = now;
    std::vector<std::uint32_t> ids;
    for (const Listener& listener : listeners_) ids.push_back(listener.wanted.id);
    if (!ids.empty()) socket_.want(std::move(ids));
    drain(now);
  }
  Listener* listener = find(wanted);
  if (listener == nullptr) listener = &listeners_.emplace_back(Listener{.wanted = wanted});
  listener->round = now;
}

Result<std::optional<Talk::Newest>> Talk::newest(const Wanted& wanted, Instant now) {
  const Listener* const listener = find(wanted);
  CHECK(listener != nullptr);
  drain(now);
  if (failure_) return *failure_;
  return listener->newest;
}

}  // namespace sluice::hal::can
