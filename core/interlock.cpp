#include "core/interlock.hpp"

namespace sluice {

std::optional<bool> Interlock::update(bool wanted, Instant now) {
  wanted_ = wanted;
  if (wanted == on_) return std::nullopt;
  // Without a least time it follows at once, also when the tick is older than the last change: the
  // ticks of one step of the loop come in no order.
  if (least() > Duration{} && now - since_ < least()) return std::nullopt;
  on_ = wanted;
  since_ = now;
  return on_;
}

Instant Interlock::due() const {
  if (wanted_ == on_) return Instant::max();
  return since_ + least();
}

void Interlock::adopt(const Interlock& previous) {
  since_ = previous.since_;
  on_ = previous.on_;
  wanted_ = previous.wanted_;
}

void Interlock::start(Instant now) {
  since_ = now;
  on_ = false;
  wanted_ = false;
}

}  // namespace sluice
