#pragma once
// An actuator that only says in the log what it would switch.

#include <atomic>
#include <cstdint>
#include <string>

#include "core/time.hpp"
#include "hal/actuator.hpp"

namespace sluice::hal {

class LogActuator final : public Actuator {
 public:
  explicit LogActuator(std::string name);

  void set(bool on, Instant tick) noexcept override;
  // Logs the state if it was set since the last call, and how often if that was more than once.
  void work(Instant now) override;

 private:
  const std::string name_;
  // Twice the number of calls of set(), plus 1 while on: both in one word, so that work() sees them
  // of the same moment.
  std::atomic<std::uint32_t> state_{0};
  std::uint32_t logged_ = 0;
};

}  // namespace sluice::hal
