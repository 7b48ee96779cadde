#pragma once
// Every key of the configuration: where it stands, what it takes, and what it is for. The parser
// looks types, bounds and choices up here, and a test holds docs/config.md to it.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace sluice::config {

// Kinds of table. A [[channel]] is of two: kChannel and that of its driver.
enum class Section {
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
  kFault,
  kFilter,
  kAlert,
  kActuator,
};
inline constexpr std::size_t kSectionCount = 15;
// As people call it: "[gateway]", "a [[channel]] with the driver \"host\"", "an entry of faults".
std::string_view title_of(Section section);

enum class Type {
  kTable,
  kTables,    // [[name]] headers, or a list of inline tables; bounds count them
  kText,      // printable; bounds count bytes
  kId,        // [A-Za-z0-9_-], likewise
  kName,      // [A-Za-z0-9_.-], likewise
  kPath,      // likewise, once it starts at the root
  kBroker,    // "mqtt://host:port" or "mqtts://host:port"
  kFlag,      // true or false
  kInteger,   // bounds as they are
  kNumber,    // likewise, and finite
  kDuration,  // text with units; bounds in ns
  kSize,      // text with units; bounds in bytes
  kChoice,    // one of `choices`
  kPair,      // [low, high], low < high; either may be infinite
  kRate,      // text with units; bounds in bit/s
  kTexts,     // list of texts, of `choices` if there are any; bounds count entries
};

struct Key {
  static constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

  std::string_view name{};
  Type type = Type::kText;
  std::string_view fallback{};  // as it would be written; empty when `meaning` says it
  bool required = false;
  std::string_view example{};  // of a required key, as it would be written
  bool or_zero = false;        // 0 is taken besides low..high
  std::int64_t low = kLowest;
  std::int64_t high = kHighest;
  std::span<const std::string_view> choices{};  // in the order of the enumeration they stand for
  std::string_view meaning{};                   // one sentence or two
};

std::span<const Key> keys_of(Section section);
const Key* find_key(Section section, std::string_view name);  // null when there is none

// The type in words, for a table of keys.
std::string_view word_for(Type type);
// What a value of the right type has to keep to: "100us to 1d", "0 or more"; empty when nothing.
std::string limits_of(const Key& key);

}  // namespace sluice::config
