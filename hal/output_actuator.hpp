#pragma once
// An actuator that is a device: the loop says what it shall be, the worker of its bus switches it,
// looks whether it follows, and puts it into its safe state when it goes.

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "core/published.hpp"
#include "core/result.hpp"
#include "hal/actuator.hpp"
#include "hal/output_device.hpp"

namespace sluice::hal {

class OutputActuator final : public Actuator {
 public:
  // How long a change may wait for the worker; a state that lasts for less may not be seen.
  static constexpr Duration kWorkEvery = std::chrono::milliseconds(10);
  // How often it is looked whether the device is still what it was told to be.
  static constexpr Duration kLookEvery = std::chrono::seconds(1);
  // After a failure.
  static constexpr Duration kTryAgainAfter = std::chrono::seconds(1);

  // `name` is for the log. Does not touch the device.
  OutputActuator(std::string name, std::unique_ptr<OutputDevice> device, bool safe);

  void set(bool on, Instant tick) noexcept override;
  Duration work_every() const override { return kWorkEvery; }
  // Takes the device in its safe state, and switches it from the call after that on.
  void work(Instant now) override;
  void retire() override;
  std::optional<ActuatorStanding> standing() const override { return board_.read(); }

 private:
  Result<> step(Instant now);
  void judge(const Result<>& outcome, Instant now);

  const std::string name_;
  const std::unique_ptr<OutputDevice> device_;
  const bool safe_;
  std::atomic<bool> wanted_{false};

  // All below: worker thread.
  bool open_ = false;
  bool in_control_ = false;  // since it was first opened
  bool told_ = false;        // what the device was told
  Instant looked_;
  Instant again_;
  bool confirmed_ = false;  // by the last step, which was a look
  ActuatorStanding standing_;
  Published<ActuatorStanding> board_;
};

}  // namespace sluice::hal
