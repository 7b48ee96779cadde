#include "hal/buses/serial_talk.hpp"

#include <algorithm>
#include <chrono>

#include "core/check.hpp"

namespace sluice::hal {

SerialTalk::Listener* SerialTalk::find(const talk::Wanted& wanted) {
  const auto found =
      std::find_if(listeners_.begin(), listeners_.end(),
                   [&](const Listener& listener) { return listener.wanted == wanted; });
  return found == listeners_.end() ? nullptr : &*found;
}

void SerialTalk::drain(Instant now) {
  const bool was_open = line_.is_open();
  const Result<> done = line_.drain([&](std::string_view line) {
    for (Listener& listener : listeners_) {
      const talk::Heard heard = talk::hear(line, listener.wanted);
      if (heard.verdict == talk::Verdict::kDamaged) ++listener.damaged;
      if (heard.verdict == talk::Verdict::kNumber || heard.verdict == talk::Verdict::kEmpty) {
        listener.newest = {.heard = heard, .at = now};
      }
    }
  });
  failure_ = done.ok() ? std::nullopt : std::optional(done.error());
  if (!was_open && line_.is_open()) opened_ = now;
}

void SerialTalk::want(const talk::Wanted& wanted, Instant now) {
  if (now != round_) {
    std::erase_if(listeners_, [&](const Listener& listener) { return listener.round != round_; });
    round_ = now;
    drain(now);
  }
  Listener* listener = find(wanted);
  if (listener == nullptr) listener = &listeners_.emplace_back(Listener{.wanted = wanted});
  listener->round = now;
}

Result<std::optional<SerialTalk::Newest>> SerialTalk::newest(const talk::Wanted& wanted,
                                                             Instant now) {
  const auto began = std::chrono::steady_clock::now();
  Listener* const listener = find(wanted);
  CHECK(listener != nullptr);
  drain(now);
  while (!failure_ && !listener->newest) {
    const Duration passed = std::chrono::steady_clock::now() - began;
    const Duration left = opened_ + kFirstWait - (now + passed);
    if (left <= Duration::zero()) break;
    line_.wait(left);
    drain(now + (std::chrono::steady_clock::now() - began));
  }
  if (failure_) return *failure_;
  return listener->newest;
}

std::uint64_t SerialTalk::damaged(const talk::Wanted& wanted) const {
  const auto found =
      std::find_if(listeners_.begin(), listeners_.end(),
                   [&](const Listener& listener) { return listener.wanted == wanted; });
  CHECK(found != listeners_.end());
  return found->damaged + line_.dropped();
}

}  // namespace sluice::hal
