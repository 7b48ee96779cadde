#include "hal/drivers/serial_driver.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::hal {
namespace {

using Words = std::string_view;
// In the order of talk::Format.
constexpr std::array kFormats{Words("nmea"), Words("key_value"), Words("fields")};

constexpr std::int64_t kMillisecond = 1'000'000;

constexpr Key kKeys[] = {
    kSerialDeviceKey,
    serial_baud_key("9600"),
    serial_parity_key("\"none\""),
    kSerialStopBitsKey,
    {.name = "format",
     .type = KeyType::kChoice,
     .fallback = "\"fields\"",
     .choices = kFormats,
     .meaning = "`nmea`: sentences with checksums; `key_value`: `key=value` or `key:value`; "
                "`fields`: columns parted by commas, semicolons, tabs or blanks, or a single "
                "number."},
    {.name = "sentence",
     .type = KeyType::kId,
     .low = 3,
     .high = 16,
     .meaning = "Which sentence, for `nmea`: `GPGGA`, or `GGA` of whatever receiver."},
    {.name = "key",
     .type = KeyType::kText,
     .low = 1,
     .high = 64,
     .meaning = "Which key, for `key_value`."},
    {.name = "field",
     .type = KeyType::kInteger,
     .low = 1,
     .high = 100,
     .meaning = "Which field, counted from 1: behind the name of an NMEA sentence, which needs "
                "it; or which column of `fields`, without it the first."},
    {.name = "max_age",
     .type = KeyType::kDuration,
     .fallback = "\"5s\"",
     .low = 100 * kMillisecond,
     .high = 86'400'000 * kMillisecond,
     .meaning = "A number counts for this long. More than the device's own period."},
};

talk::Wanted wanted_of(const Settings& settings) {
  talk::Wanted wanted{.format = static_cast<talk::Format>(settings.choice("format", kFormats)),
                      .name = settings.text_or_empty("sentence") + settings.text_or_empty("key")};
  const bool has_fields = wanted.format != talk::Format::kKeyValue;
  if (has_fields) wanted.field = 1;
  if (settings.has("field")) wanted.field = static_cast<std::size_t>(settings.integer("field"));
  return wanted;
}

std::optional<Mistake> check(const Settings& settings) {
  if (auto mistake = check_serial(settings)) return mistake;
  const std::string& format = settings.text("format");
  const bool nmea = format == "nmea";
  const bool key_value = format == "key_value";
  if (nmea && !(settings.has("sentence") && settings.has("field"))) {
    return Mistake{"format", "\"nmea\" needs `sentence` and `field`"};
  }
  if (key_value && !settings.has("key")) return Mistake{"format", "\"key_value\" needs `key`"};
  if (!nmea && settings.has("sentence")) return Mistake{"sentence", "is of format \"nmea\""};
  if (!key_value && settings.has("key")) return Mistake{"key", "is of format \"key_value\""};
  if (key_value && settings.has("field")) {
    return Mistake{"field", "is of the formats \"nmea\" and \"fields\""};
  }
  return std::nullopt;
}

std::string bus_of(const Settings& settings) {
  return "serial:" + in_words(serial_settings(settings));
}

std::string in_words(const talk::Wanted& wanted) {
  switch (wanted.format) {
    case talk::Format::kNmea:
      return "sentence " + wanted.name;
    case talk::Format::kKeyValue:
      return "line with " + wanted.name;
    case talk::Format::kFields:
      break;
  }
  return "line with field " + std::to_string(wanted.field);
}

}  // namespace

Result<double> SerialProbe::measure(Instant now) {
  const auto newest = talk_.newest(wanted_, now);
  if (!newest) return newest.error();
  const std::uint64_t damaged = talk_.damaged(wanted_);
  if (damaged > damaged_told_) {
    const std::uint64_t more = damaged - damaged_told_;
    damaged_told_ = damaged;
    return Error{ErrorCode::kCorrupt,
                 std::to_string(more) + " damaged lines, " + std::to_string(damaged) + " in all"};
  }
  // Drained while it waited, a number may be younger than `now`.
  if (!*newest || now - (*newest)->at > max_age_) {
    return Error{ErrorCode::kTimeout, "no " + in_words(wanted_) + " comes"};
  }
  if ((*newest)->heard.verdict == talk::Verdict::kEmpty) {
    return Error{ErrorCode::kInvalid, in_words(wanted_) + ": the field is empty"};
  }
  return (*newest)->heard.value;
}

const DeviceDriver kSerialDriver = {
    .name = "serial",
    .keys = kKeys,
    .check = check,
    .bus = bus_of,
    .address = serial_address,
    .limit = [](const Settings&) -> Duration {
      return SerialTalk::kFirstWait + std::chrono::seconds(1);
    },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      auto& talk = buses.at<SerialTalk>(bus_of(settings), [&] {
        return std::make_unique<SerialTalk>(serial_settings(settings));
      });
      return std::unique_ptr<Probe>(
          std::make_unique<SerialProbe>(talk, wanted_of(settings), settings.duration("max_age")));
    },
};

}  // namespace sluice::hal
