#include "hal/output_actuator.hpp"

#include <string_view>
#include <utility>

#include "core/check.hpp"
#include "core/log.hpp"

namespace sluice::hal {
namespace {

std::string_view word_for(bool on) {
  return on ? "on" : "off";
}

}  // namespace

OutputActuator::OutputActuator(std::string name, std::unique_ptr<OutputDevice> device, bool safe)
    : name_(std::move(name)), device_(std::move(device)), safe_(safe) {
  CHECK(device_ != nullptr);
}

void OutputActuator::set(bool on, Instant) noexcept {
  wanted_.store(on, std::memory_order_relaxed);
}

void OutputActuator::work(Instant now) {
  if (!open_ && now < again_) return;
  const bool due = !open_ || !in_control_ || told_ != wanted_.load(std::memory_order_relaxed) ||
                   now - looked_ >= kLookEvery;
  if (due) judge(step(now), now);
}

// One call of the device.
Result<> OutputActuator::step(Instant now) {
  const bool wanted = wanted_.load(std::memory_order_relaxed);
  looked_ = now;
  confirmed_ = false;
  if (!open_) {
    // What was in control already must not be switched through its safe state by a loose plug.
    told_ = in_control_ ? wanted : safe_;
    const Result<> opened = device_->open(told_);
    open_ = opened.ok();
    return opened;
  }
  if (!in_control_ || told_ != wanted) {
    in_control_ = true;
    told_ = wanted;
    return device_->set(wanted);
  }
  const Result<bool> is_on = device_->is_on();
  if (!is_on) return is_on.error();
  confirmed_ = *is_on == told_;
  if (confirmed_) return Ok{};
  return Error{ErrorCode::kCorrupt, "it was switched " + std::string(word_for(told_)) + " and is " +
                                        std::string(word_for(*is_on)) +
                                        "; is it shorted, or does somebody else switch it?"};
}

void OutputActuator::judge(const Result<>& outcome, Instant now) {
  const bool first = !std::exchange(standing_.asked, true);
  const bool was_down = standing_.state == DriverState::kDown;
  // One that does not follow can be opened and set all the same, again and again.
  const bool is_down = !outcome.ok() || (was_down && !confirmed_);
  standing_.state = is_down ? DriverState::kDown : DriverState::kUp;
  if (first || is_down != was_down) standing_.since = now;
  standing_.on = told_;
  if (!outcome.ok()) {
    ++standing_.failures;
    standing_.reason = {};
    outcome.error().message.copy(standing_.reason.data(), ActuatorStanding::kReasonMax);
    // Let go and taken anew, for the device may have been unplugged.
    device_->close();
    open_ = false;
    again_ = now + kTryAgainAfter;
  }
  board_.publish(standing_);
  if (is_down == was_down) return;
  if (is_down) {
    log(LogLevel::kError, "actuator " + name_ + " cannot be switched: " + outcome.error().message +
                              ". It is tried again every second");
  } else {
    log(LogLevel::kInfo, "actuator " + name_ + " can be switched again");
  }
}

void OutputActuator::retire() {
  const bool was_open = std::exchange(open_, false);
  const Result<> done = was_open ? device_->set(safe_) : device_->open(safe_);
  device_->close();
  in_control_ = false;
  if (done) return;
  log(LogLevel::kError, "actuator " + name_ + " is not in its safe state, " +
                            std::string(word_for(safe_)) + ": " + done.error().message);
}

}  // namespace sluice::hal
