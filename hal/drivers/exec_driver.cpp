#include "hal/drivers/exec_driver.hpp"

#include <chrono>
#include <optional>

#include "hal/child_process.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

constexpr Key kKeys[] = {
    {.name = "command",
     .type = KeyType::kTexts,
     .required = true,
     .example = "command = [\"/usr/local/bin/level\", \"--cm\"]",
     .low = 1,
     .high = 32,
     .meaning = "The program by its whole path, and its arguments; no shell looks at them. The "
                "first number it prints is the value, its exit status has to be 0."},
    {.name = "timeout",
     .type = KeyType::kDuration,
     .fallback = "\"5s\"",
     .low = to_ns(std::chrono::milliseconds(10)),
     .high = to_ns(std::chrono::minutes(1)),
     .meaning = "After this it is killed, with everything it has started."},
};

// The program has ended by then, or was killed.
constexpr Duration kKillTakes = std::chrono::seconds(1);

std::optional<Mistake> check(const Settings& settings) {
  if (settings.texts("command").front().starts_with('/')) return std::nullopt;
  return Mistake{"command", "the program has to be named by its whole path, from the root"};
}

}  // namespace

Result<double> ExecProbe::measure(Instant) {
  const Result<std::string> output = output_of(command_, timeout_);
  if (!output) return output.error();
  const std::optional<double> number = first_number(*output);
  if (!number) return Error{ErrorCode::kCorrupt, command_.front() + " prints no number"};
  return *number;
}

const DeviceDriver kExecDriver = {
    .name = "exec",
    .keys = kKeys,
    .check = check,
    .bus = [](const Settings& settings) { return "exec:" + settings.texts("command").front(); },
    .limit = [](const Settings& settings) { return settings.duration("timeout") + kKillTakes; },
    .open = [](const Settings& settings, SharedBuses&) -> Result<std::unique_ptr<Probe>> {
      return std::unique_ptr<Probe>(
          std::make_unique<ExecProbe>(settings.texts("command"), settings.duration("timeout")));
    },
};

}  // namespace sluice::hal
