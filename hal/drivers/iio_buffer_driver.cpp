#include "hal/drivers/iio_buffer_driver.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "hal/drivers/iio_driver.hpp"
#include "hal/sysfs.hpp"

namespace sluice::hal {
namespace {

constexpr std::array<std::string_view, 4> kSummaries{"mean", "last", "min", "max"};

constexpr Key kKeys[] = {
    {.name = "device",
     .type = KeyType::kText,
     .required = true,
     .example = "device = \"ads1015\"",
     .low = 1,
     .high = 128,
     .meaning = "The device's `label` or `name`, as in `/sys/bus/iio/devices/iio:device*/`. With "
                "several of one name, the first found: give them labels."},
    {.name = "channel",
     .type = KeyType::kText,
     .required = true,
     .example = "channel = \"in_voltage0\"",
     .low = 4,
     .high = 128,
     .meaning = "Name of its files in `scan_elements` without `_en`. Units as with `iio`."},
    {.name = "summary",
     .type = KeyType::kChoice,
     .fallback = "\"mean\"",
     .choices = kSummaries,
     .meaning = "What a reading is of the samples since the last one."},
    {.name = "trigger",
     .type = KeyType::kText,
     .low = 1,
     .high = 128,
     .meaning =
         "Name of the trigger that the device samples by, as in "
         "`/sys/bus/iio/devices/trigger*/name`. Without it the one that is set; devices that "
         "sample by themselves have none. The same in all channels of a device."},
    {.name = "length",
     .type = KeyType::kInteger,
     .fallback = "4096",
     .low = 2,
     .high = 1'048'576,
     .meaning =
         "How many samples of each channel the kernel keeps: more than come in 0.2 s. The same "
         "in all channels of a device."},
    {.name = "dev",
     .type = KeyType::kPath,
     .fallback = "\"/dev\"",
     .low = 1,
     .high = 4'000,
     .meaning = "Where the device files are."},
    kSysfsKey,
};

std::string bus_of(const Settings& settings) {
  return "iio:" + settings.text("device");
}

double summarised(const IioBuffer::Summary& samples, IioBufferProbe::Summary as) {
  switch (as) {
    case IioBufferProbe::Summary::kMean:
      return samples.sum / static_cast<double>(samples.count);
    case IioBufferProbe::Summary::kLast:
      return samples.last;
    case IioBufferProbe::Summary::kMin:
      return samples.low;
    case IioBufferProbe::Summary::kMax:
      return samples.high;
  }
  CHECK(false);
}

}  // namespace

Result<double> IioBufferProbe::measure(Instant now) {
  const Result<IioBuffer::Summary> samples = buffer_.take(options_.channel, now);
  if (!samples) {
    known_ = false;
    return samples.error();
  }
  if (samples->count > 0) {
    latest_ = summarised(*samples, options_.summary);
    known_ = true;
  }
  if (!known_) return Error{ErrorCode::kNotFound, "no sample of " + options_.channel + " yet"};
  const Result<double> offset = iio_shared(buffer_.folder(), options_.channel, "offset", 0.0);
  if (!offset) return offset.error();
  const Result<double> scale = iio_shared(buffer_.folder(), options_.channel, "scale", 1.0);
  if (!scale) return scale.error();
  return (latest_ + *offset) * *scale * iio_unit(options_.channel);
}

const DeviceDriver kIioBufferDriver = {
    .name = "iio_buffer",
    .keys = kKeys,
    .bus = bus_of,
    .address = bus_of,
    .limit = [](const Settings&) -> Duration { return std::chrono::seconds(2); },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      IioBuffer& buffer = buses.at<IioBuffer>(bus_of(settings), [&] {
        return std::make_unique<IioBuffer>(
            IioBuffer::Options{.device = settings.text("device"),
                               .trigger = settings.text_or_empty("trigger"),
                               .length = settings.integer("length"),
                               .sysfs = settings.text("sysfs"),
                               .dev = settings.text("dev")});
      });
      return std::unique_ptr<Probe>(std::make_unique<IioBufferProbe>(
          IioBufferProbe::Options{.channel = settings.text("channel"),
                                  .summary = static_cast<IioBufferProbe::Summary>(
                                      settings.choice("summary", kSummaries))},
          buffer));
    },
};

}  // namespace sluice::hal
