#pragma once
// Every key of the configuration: where it stands, what it takes, and what it is for. The parser
// looks types, bounds and choices up here, and a test holds docs/config.md to it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/key.hpp"

namespace sluice::config {

// Kinds of table. A [[channel]] is of two: kChannel and that of its driver; so may an [[actuator]]
// be. Behind the ones named here, one for each row of hal/device_drivers.hpp, then of
// hal/actuator_drivers.hpp.
enum class Section : std::size_t {
  kRoot,
  kGateway,
  kRealtime,
  kStorage,
  kUplink,
  kTls,
  kProfile,
  kChannel,
  kHost,
  kSimulated,
  kReplay,
  kDerived,
  kFault,
  kFilter,
  kAlert,
  kActuator,
  kComposite,
  kRollup,
};
inline constexpr std::size_t kSectionCount = 18;
// Of the row `driver` of hal/device_drivers.hpp.
constexpr Section section_of_device(std::size_t driver) {
  return static_cast<Section>(kSectionCount + driver);
}
// Of the row `driver` of hal/actuator_drivers.hpp.
Section section_of_actuator(std::size_t driver);
// As people call it: "[gateway]", "a [[channel]] with the driver \"host\"", "an entry of faults".
std::string title_of(Section section);

using Type = KeyType;

std::span<const Key> keys_of(Section section);
const Key* find_key(Section section, std::string_view name);  // null when there is none

// The type in words, for a table of keys.
std::string_view word_for(Type type);
// What a value of the right type has to keep to: "100us to 1d", "0 or more"; empty when nothing.
std::string limits_of(const Key& key);

}  // namespace sluice::config
