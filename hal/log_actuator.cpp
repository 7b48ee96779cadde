#include "hal/log_actuator.hpp"

#include <utility>

#include "core/log.hpp"

namespace sluice::hal {

LogActuator::LogActuator(std::string name) : name_(std::move(name)) {}

void LogActuator::set(bool on, Instant) noexcept {
  const std::uint32_t before = state_.load(std::memory_order_relaxed);
  const std::uint32_t count_doubled = (before & ~1U) + 2;
  state_.store(count_doubled + (on ? 1 : 0), std::memory_order_relaxed);
}

void LogActuator::work(Instant) {
  const std::uint32_t state = state_.load(std::memory_order_relaxed);
  if (state == logged_) return;
  const std::uint32_t changes = (state >> 1) - (logged_ >> 1);
  logged_ = state;
  std::string line = "actuator " + name_ + ((state & 1U) != 0 ? ": on" : ": off");
  if (changes > 1) line += ", after " + std::to_string(changes) + " changes";
  log(LogLevel::kInfo, line);
}

}  // namespace sluice::hal
