#pragma once
// What the operator has set of the keys of one device driver, as checked, plain values. The
// configuration fills in every key that has a fallback; a key without one may be absent.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/time.hpp"

namespace sluice::hal {

class Settings {
 public:
  // An id, name, path or choice is a text; a size or rate an integer.
  using Value =
      std::variant<bool, std::int64_t, double, Duration, std::string, std::vector<std::string>>;

  // REQUIRES: not set yet.
  void set(std::string_view key, Value value);

  bool has(std::string_view key) const { return find(key) != nullptr; }
  // REQUIRES: set, and of that type.
  bool flag(std::string_view key) const { return get<bool>(key); }
  std::int64_t integer(std::string_view key) const { return get<std::int64_t>(key); }
  double number(std::string_view key) const { return get<double>(key); }
  Duration duration(std::string_view key) const { return get<Duration>(key); }
  const std::string& text(std::string_view key) const { return get<std::string>(key); }
  const std::vector<std::string>& texts(std::string_view key) const {
    return get<std::vector<std::string>>(key);
  }
  // Place of a choice among `choices`, the key's. REQUIRES: set, to one of them.
  std::size_t choice(std::string_view key, std::span<const std::string_view> choices) const;
  // Empty when it is not set. REQUIRES: of that type if it is.
  std::string text_or_empty(std::string_view key) const;

  bool operator==(const Settings&) const = default;

 private:
  const Value* find(std::string_view key) const;
  template <typename T>
  const T& get(std::string_view key) const;

  std::vector<std::pair<std::string, Value>> values_;
};

}  // namespace sluice::hal
