#include "hal/settings.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace sluice::hal {

void Settings::set(std::string_view key, Value value) {
  CHECK(!has(key));
  values_.emplace_back(std::string(key), std::move(value));
}

const Settings::Value* Settings::find(std::string_view key) const {
  const auto found = std::find_if(values_.begin(), values_.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == values_.end() ? nullptr : &found->second;
}

template <typename T>
const T& Settings::get(std::string_view key) const {
  const Value* const value = find(key);
  CHECK(value != nullptr && std::holds_alternative<T>(*value));
  return std::get<T>(*value);
}

template const bool& Settings::get<bool>(std::string_view) const;
template const std::int64_t& Settings::get<std::int64_t>(std::string_view) const;
template const double& Settings::get<double>(std::string_view) const;
template const Duration& Settings::get<Duration>(std::string_view) const;
template const std::string& Settings::get<std::string>(std::string_view) const;
template const std::vector<std::string>& Settings::get<std::vector<std::string>>(
    std::string_view) const;

std::size_t Settings::choice(std::string_view key,
                             std::span<const std::string_view> choices) const {
  const auto found = std::find(choices.begin(), choices.end(), text(key));
  CHECK(found != choices.end());
  return static_cast<std::size_t>(found - choices.begin());
}

std::string Settings::text_or_empty(std::string_view key) const {
  return has(key) ? text(key) : std::string();
}

}  // namespace sluice::hal
