#include "hal/drivers/pwm_output.hpp"

#include <cmath>
#include <memory>

#include "hal/small_file.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr Duration kPeriodMin = std::chrono::microseconds(1);
constexpr Duration kPeriodMax = std::chrono::seconds(10);

constexpr Key kKeys[] = {
    {.name = "chip",
     .type = KeyType::kText,
     .required = true,
     .example = "chip = \"fe20c000.pwm\"",
     .low = 1,
     .high = 128,
     .meaning =
         "Where the link `device` of a `/sys/class/pwm/pwmchip*` leads, which stays, or that "
         "folder's name, such as `pwmchip0`."},
    {.name = "channel",
     .type = KeyType::kInteger,
     .required = true,
     .example = "channel = 0",
     .low = 0,
     .high = 63,
     .meaning = "Number of the channel on the chip."},
    kSafeKey,
    {.name = "period",
     .type = KeyType::kDuration,
     .required = true,
     .example = "period = \"1ms\"",
     .low = to_ns(kPeriodMin),
     .high = to_ns(kPeriodMax),
     .meaning = "Of the signal, all the time."},
    {.name = "duty_on",
     .type = KeyType::kNumber,
     .fallback = "100.0",
     .low = 0,
     .high = 100,
     .meaning = "% of the period in which the signal is high while the actuator is on."},
    {.name = "duty_off",
     .type = KeyType::kNumber,
     .fallback = "0.0",
     .low = 0,
     .high = 100,
     .meaning = "The same while it is off."},
    kSysfsKey,
};

Duration part_of(Duration period, double percent) {
  return Duration(std::llround(static_cast<double>(period.count()) * percent / 100.0));
}

PwmOutput::Options options_of(const Settings& settings) {
  const Duration period = settings.duration("period");
  return {.chip = settings.text("chip"),
          .channel = settings.integer("channel"),
          .sysfs = settings.text("sysfs"),
          .period = period,
          .on = part_of(period, settings.number("duty_on")),
          .off = part_of(period, settings.number("duty_off"))};
}

std::optional<Mistake> check(const Settings& settings) {
  const PwmOutput::Options options = options_of(settings);
  if (options.on != options.off) return std::nullopt;
  return Mistake{"duty_on", "the same as duty_off, so that on and off are no different"};
}

Result<> write_ns(const std::string& path, Duration value) {
  return write_attribute(path, std::to_string(value.count()));
}

}  // namespace

Result<std::string> PwmOutput::find_chip() const {
  const std::string folder = options_.sysfs + "/class/pwm";
  for (const std::uint64_t number : numbered(folder, "pwmchip", "")) {
    const std::string name = "pwmchip" + std::to_string(number);
    const std::string path = folder + "/" + name;
    if (name == options_.chip || link_end(path + "/device") == options_.chip) return path;
  }
  return Error{ErrorCode::kNotFound, "no PWM chip \"" + options_.chip + "\" in " + folder +
                                         "; is it switched on in the device tree?"};
}

Result<> PwmOutput::open(bool on) {
  const Result<std::string> chip = find_chip();
  if (!chip) return chip.error();
  const std::string number = std::to_string(options_.channel);
  folder_ = *chip + "/pwm" + number;
  if (!integer_attribute(folder_ + "/period")) {
    const Result<> exported = write_attribute(*chip + "/export", number);
    if (!exported) return exported;
  }
  const Result<std::int64_t> period = integer_attribute(folder_ + "/period");
  if (!period) return period.error();
  // A period may not be shorter than its duty. One that is right already is not interrupted.
  if (*period != options_.period.count()) {
    if (const Result<> zero = write_ns(folder_ + "/duty_cycle", Duration::zero()); !zero) {
      return zero;
    }
    if (const Result<> set = write_ns(folder_ + "/period", options_.period); !set) return set;
  }
  if (const Result<> done = set(on); !done) return done;
  return write_attribute(folder_ + "/enable", "1");
}

Result<> PwmOutput::set(bool on) {
  return write_ns(folder_ + "/duty_cycle", duty(on));
}

Result<bool> PwmOutput::is_on() {
  const Result<std::int64_t> enabled = integer_attribute(folder_ + "/enable");
  if (!enabled) return enabled.error();
  const Result<std::int64_t> now = integer_attribute(folder_ + "/duty_cycle");
  if (!now) return now.error();
  for (const bool on : {true, false}) {
    if (*enabled == 1 && *now == duty(on).count()) return on;
  }
  return Error{ErrorCode::kCorrupt, folder_ + " is neither on nor off; does somebody else set it?"};
}

const ActuatorDriver kPwmOutput = {
    .name = "pwm",
    .keys = kKeys,
    .check = check,
    .bus = [](const Settings& settings) { return "pwm:" + settings.text("chip"); },
    .address =
        [](const Settings& settings) {
          return "pwm:" + settings.text("chip") + " channel " +
                 std::to_string(settings.integer("channel"));
        },
    .make = [](const Settings& settings) -> std::unique_ptr<OutputDevice> {
      return std::make_unique<PwmOutput>(options_of(settings));
    },
};

}  // namespace sluice::hal
