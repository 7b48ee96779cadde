#pragma once
// What one key of the configuration takes, as plain values: the configuration and the drivers of
// devices say so in tables of these, and a test holds the documentation to them.

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace sluice {

enum class KeyType {
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
  KeyType type = KeyType::kText;
  std::string_view fallback{};  // as it would be written; empty when `meaning` says it
  bool required = false;
  std::string_view example{};  // of a required key, as it would be written
  bool or_zero = false;        // 0 is taken besides low..high
  std::int64_t low = kLowest;
  std::int64_t high = kHighest;
  std::span<const std::string_view> choices{};  // in the order of the enumeration they stand for
  std::string_view meaning{};                   // one sentence or two
};

}  // namespace sluice
