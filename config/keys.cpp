#include "config/keys.hpp"

#include <optional>

#include "config/key_tables.hpp"
#include "config/units.hpp"
#include "config/wording.hpp"
#include "core/check.hpp"
#include "hal/actuator_drivers.hpp"
#include "hal/device_drivers.hpp"

namespace sluice::config {
namespace {

std::string text_of_bound(Type type, std::int64_t bound) {
  switch (type) {
    case Type::kDuration:
      return text_of_duration(Duration(bound));
    case Type::kSize:
      return text_of_size(static_cast<std::uint64_t>(bound));
    case Type::kRate:
      return text_of_rate(static_cast<std::uint64_t>(bound));
    default:
      return std::to_string(bound);
  }
}

// Of a section behind those that have a name.
struct DriverKeys {
  std::string_view name;
  std::span<const Key> keys;
  std::string_view of;  // what the driver is of, when it is no channel
};
std::optional<DriverKeys> driver_of(Section section) {
  const auto number = static_cast<std::size_t>(section);
  if (number < kSectionCount) return std::nullopt;
  const auto devices = hal::device_drivers();
  const std::size_t device = number - kSectionCount;
  if (device < devices.size()) return DriverKeys{devices[device]->name, devices[device]->keys, ""};
  const auto actuators = hal::actuator_drivers();
  const std::size_t actuator = device - devices.size();
  CHECK(actuator < actuators.size());
  return DriverKeys{actuators[actuator]->name, actuators[actuator]->keys, " of an actuator"};
}

}  // namespace

Section section_of_actuator(std::size_t driver) {
  return section_of_device(hal::device_drivers().size() + driver);
}

std::span<const Key> keys_of(Section section) {
  if (const auto driver = driver_of(section)) return driver->keys;
  switch (section) {
    case Section::kRoot:
      return root_keys();
    case Section::kGateway:
      return gateway_keys();
    case Section::kRealtime:
      return realtime_keys();
    case Section::kStorage:
      return storage_keys();
    case Section::kUplink:
      return uplink_keys();
    case Section::kTls:
      return tls_keys();
    case Section::kProfile:
      return profile_keys();
    case Section::kChannel:
      return channel_keys();
    case Section::kHost:
      return host_keys();
    case Section::kSimulated:
      return simulated_keys();
    case Section::kReplay:
      return replay_keys();
    case Section::kDerived:
      return derived_keys();
    case Section::kFault:
      return fault_keys();
    case Section::kFilter:
      return filter_keys();
    case Section::kAlert:
      return alert_keys();
    case Section::kActuator:
      return actuator_keys();
    case Section::kComposite:
      return composite_keys();
    case Section::kRollup:
      return rollup_keys();
  }
  CHECK(false);
}

const Key* find_key(Section section, std::string_view name) {
  for (const Key& key : keys_of(section)) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

std::string title_of(Section section) {
  if (const auto driver = driver_of(section)) {
    return "driver \"" + std::string(driver->name) + "\"" + std::string(driver->of);
  }
  switch (section) {
    case Section::kRoot:
      return "the file";
    case Section::kGateway:
      return "[gateway]";
    case Section::kRealtime:
      return "[realtime]";
    case Section::kStorage:
      return "[storage]";
    case Section::kUplink:
      return "[uplink]";
    case Section::kTls:
      return "[uplink.tls]";
    case Section::kProfile:
      return "[[uplink.profile]]";
    case Section::kChannel:
      return "[[channel]]";
    case Section::kHost:
      return "driver \"host\"";
    case Section::kSimulated:
      return "driver \"simulated\"";
    case Section::kReplay:
      return "driver \"replay\"";
    case Section::kDerived:
      return "driver \"derived\"";
    case Section::kFault:
      return "an entry of faults";
    case Section::kFilter:
      return "an entry of filters";
    case Section::kAlert:
      return "[[channel.alert]]";
    case Section::kActuator:
      return "[[actuator]]";
    case Section::kComposite:
      return "[[alert]]";
    case Section::kRollup:
      return "[rollup]";
  }
  CHECK(false);
}

std::string_view word_for(Type type) {
  switch (type) {
    case Type::kTable:
      return "table";
    case Type::kTables:
      return "list of tables";
    case Type::kText:
      return "text";
    case Type::kId:
      return "id";
    case Type::kName:
      return "name";
    case Type::kPath:
      return "path";
    case Type::kBroker:
      return "address";
    case Type::kFlag:
      return "flag";
    case Type::kInteger:
      return "integer";
    case Type::kNumber:
      return "number";
    case Type::kDuration:
      return "duration";
    case Type::kSize:
      return "size";
    case Type::kChoice:
      return "choice";
    case Type::kPair:
      return "pair";
    case Type::kRate:
      return "rate";
    case Type::kTexts:
      return "list of texts";
  }
  CHECK(false);
}

std::string limits_of(const Key& key) {
  if (key.type == Type::kChoice) return either(key.choices);
  const std::string low = key.low == Key::kLowest ? "" : text_of_bound(key.type, key.low);
  const std::string high = key.high == Key::kHighest ? "" : text_of_bound(key.type, key.high);
  if (low.empty() && high.empty()) return {};
  const std::string zero = key.or_zero ? text_of_bound(key.type, 0) + ", or " : "";
  const bool is_text = key.type == Type::kText || key.type == Type::kId ||
                       key.type == Type::kName || key.type == Type::kPath;
  const bool is_list = key.type == Type::kTables || key.type == Type::kTexts;
  const std::string_view noun = is_text ? " bytes" : is_list ? " entries" : "";
  const std::string of = key.choices.empty() ? "" : " of " + either(key.choices);
  return zero + low + (high.empty() ? " or more" : " to " + high) + std::string(noun) + of;
}

}  // namespace sluice::config
