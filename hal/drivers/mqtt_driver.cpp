#include "hal/drivers/mqtt_driver.hpp"

#include <chrono>
#include <utility>

namespace sluice::hal {
namespace {

constexpr std::int64_t kTopicMax = 256;

constexpr Key kKeys[] = {
    {.name = "broker",
     .type = KeyType::kText,
     .fallback = "\"mqtt://localhost:1883\"",
     .low = 1,
     .high = 300,
     .meaning = "`mqtt://host:port`, without TLS: meant for a broker on this machine or its own "
                "network."},
    {.name = "credentials_file",
     .type = KeyType::kPath,
     .low = 1,
     .high = 4'000,
     .meaning =
         "File of two lines, user name and password, readable by its owner alone. Without it "
         "none are sent."},
    {.name = "topic",
     .type = KeyType::kText,
     .required = true,
     .example = "topic = \"zigbee2mqtt/cellar\"",
     .low = 1,
     .high = kTopicMax,
     .meaning = "What the device publishes at, without `+` and `#`."},
    {.name = "path",
     .type = KeyType::kText,
     .low = 1,
     .high = 128,
     .meaning = "Where in the JSON of a message the value is: `ENERGY.Power`, entries of lists by "
                "their number, or as a pointer `/ENERGY/Power`. Without it the message is the "
                "value."},
    {.name = "time_path",
     .type = KeyType::kText,
     .low = 1,
     .high = 128,
     .meaning =
         "Where in the JSON the sender's time stamp is: RFC 3339, or seconds or milliseconds "
         "since 1970. A message that is older than the one before is left out."},
    {.name = "on",
     .type = KeyType::kText,
     .fallback = "\"ON\"",
     .low = 1,
     .high = 64,
     .meaning = "Text that means 1, in capitals or not; `true` always does."},
    {.name = "off",
     .type = KeyType::kText,
     .fallback = "\"OFF\"",
     .low = 1,
     .high = 64,
     .meaning = "Text that means 0; `false` always does."},
    {.name = "availability",
     .type = KeyType::kText,
     .low = 1,
     .high = kTopicMax,
     .meaning = "Topic that says `online` or `offline`, by itself or as `{\"state\": \"online\"}`; "
                "while it says offline the value is missing."},
    {.name = "retained",
     .type = KeyType::kFlag,
     .fallback = "false",
     .meaning =
         "Whether a message that the broker has kept is a value, too. It may be of any age."},
    {.name = "expire_after",
     .type = KeyType::kDuration,
     .fallback = "\"1h\"",
     .low = to_ns(std::chrono::seconds(1)),
     .high = to_ns(std::chrono::hours(24 * 30)),
     .meaning =
         "A value is good for so long after its message came; then it is a fault. Longer than "
         "the device is ever silent."},
};

// The look-up of a name; everything else is not waited for.
constexpr Duration kLimit = std::chrono::seconds(10);

std::optional<Mistake> check(const Settings& settings) {
  if (const Result<MqttAddress> address = parse_mqtt_address(settings.text("broker")); !address) {
    return Mistake{"broker", address.error().message};
  }
  for (const char* key : {"topic", "availability"}) {
    if (settings.text_or_empty(key).find_first_of("+#") != std::string::npos) {
      return Mistake{key, "a channel is one topic, without + and #"};
    }
  }
  if (settings.text("on") == settings.text("off")) {
    return Mistake{"off", "on and off are the same text"};
  }
  return std::nullopt;
}

// Other credentials are another connection.
std::string bus_of(const Settings& settings) {
  const std::string credentials = settings.text_or_empty("credentials_file");
  return "mqtt:" + settings.text("broker") + (credentials.empty() ? "" : " " + credentials);
}

std::string times(std::uint64_t count) {
  return count == 1 ? "" : " (" + std::to_string(count) + " such messages so far)";
}

}  // namespace

void MqttProbe::take(const MqttBus::Message& message) {
  if (message.serial == serial_) return;
  serial_ = message.serial;
  if (message.serial == 0 || (message.retained && !options_.retained) || message.payload.empty()) {
    newest_.reset();  // an empty message takes back what was retained
    return;
  }
  const Result<MqttValue> value = mqtt_value(message.payload, options_.selection);
  if (!value) {
    ++refused_;
    newest_ =
        Error{value.error().code, options_.topic + ": " + value.error().message + times(refused_)};
    arrived_ = message.arrived;
    return;
  }
  // One that came out of order. A clock that was set back is believed when the value expires.
  const bool is_late = newest_ && value->sent_ns && sent_ns_ && *value->sent_ns < *sent_ns_;
  if (is_late && message.arrived - arrived_ <= options_.expire_after) {
    ++late_;
    return;
  }
  sent_ns_ = value->sent_ns;
  newest_ = value->value;
  arrived_ = message.arrived;
}

Result<> MqttProbe::availability(Instant now) {
  if (options_.availability.empty()) return Ok{};
  const Result<const MqttBus::Message*> said = bus_.newest(options_.availability, now);
  if (!said) return said.error();
  if (mqtt_availability((*said)->payload).value_or(true)) return Ok{};
  return Error{ErrorCode::kNotFound, options_.availability + " says that it is offline"};
}

bool MqttProbe::listen(Instant now) {
  bus_.listen(now);
  const Result<const MqttBus::Message*> newest = bus_.newest(options_.topic, now);
  return newest.ok() && (*newest)->serial != measured_serial_;
}

Result<double> MqttProbe::measure(Instant now) {
  bus_.serve(now);
  const Result<const MqttBus::Message*> newest = bus_.newest(options_.topic, now);
  if (!newest) {
    take(MqttBus::Message{});
    return newest.error();
  }
  measured_serial_ = (*newest)->serial;
  take(**newest);
  if (const Result<> there = availability(now); !there) return there.error();
  if (!newest_) return Error{ErrorCode::kNotFound, "no message on " + options_.topic + " yet"};
  if (newest_->ok() && now - arrived_ > options_.expire_after) {
    return Error{ErrorCode::kInvalid,
                 "no message on " + options_.topic + " for longer than expire_after" +
                     (late_ == 0 ? "" : "; " + std::to_string(late_) + " came out of order")};
  }
  return *newest_;
}

const DeviceDriver kMqttDriver = {
    .name = "mqtt",
    .keys = kKeys,
    .check = check,
    .bus = bus_of,
    .limit = [](const Settings&) -> Duration { return kLimit; },
    .open = [](const Settings& settings, SharedBuses& buses) -> Result<std::unique_ptr<Probe>> {
      MqttBus& bus = buses.at<MqttBus>(bus_of(settings), [&] {
        return std::make_unique<MqttBus>(
            MqttBus::Options{.address = *parse_mqtt_address(settings.text("broker")),
                             .credentials_file = settings.text_or_empty("credentials_file")});
      });
      return std::unique_ptr<Probe>(std::make_unique<MqttProbe>(
          MqttProbe::Options{.topic = settings.text("topic"),
                             .selection = {.path = settings.text_or_empty("path"),
                                           .time_path = settings.text_or_empty("time_path"),
                                           .on = settings.text("on"),
                                           .off = settings.text("off")},
                             .availability = settings.text_or_empty("availability"),
                             .retained = settings.flag("retained"),
                             .expire_after = settings.duration("expire_after")},
          bus));
    },
};

}  // namespace sluice::hal
