#include "app/numbering.hpp"

#include "hal/device_driver.hpp"

namespace sluice::app {
namespace {

template <typename Id>
std::optional<Id> as(std::optional<std::uint16_t> number) {
  if (!number) return std::nullopt;
  return Id{*number};
}

// A name has no space inside, so the two cannot run into each other.
std::string key_of(std::string_view name, std::string_view unit) {
  return std::string(name) + " " + std::string(unit);
}

}  // namespace

std::optional<ChannelId> Numbering::channel(std::string_view name, std::string_view unit) {
  return as<ChannelId>(give(channels_, key_of(name, unit), kChannelNumbersMax));
}

std::optional<AlertId> Numbering::alert(std::string_view name) {
  return as<AlertId>(give(alerts_, name, kAlertNumbersMax));
}

std::optional<std::size_t> Numbering::bus(std::string_view name) {
  return give(buses_, name, hal::kBusesMax);
}

std::optional<std::size_t> Numbering::find_bus(std::string_view name) const {
  return find(buses_, name);
}

std::optional<ChannelId> Numbering::find_channel(std::string_view name,
                                                 std::string_view unit) const {
  return as<ChannelId>(find(channels_, key_of(name, unit)));
}

std::optional<AlertId> Numbering::find_alert(std::string_view name) const {
  return as<AlertId>(find(alerts_, name));
}

std::optional<std::uint16_t> Numbering::give(Names& names, std::string_view name, std::size_t max) {
  if (const std::optional<std::uint16_t> known = find(names, name)) return known;
  if (names.size() == max) return std::nullopt;
  const auto number = static_cast<std::uint16_t>(names.size());
  names.emplace(name, number);
  return number;
}

std::optional<std::uint16_t> Numbering::find(const Names& names, std::string_view name) {
  const auto known = names.find(name);
  if (known == names.end()) return std::nullopt;
  return known->second;
}

}  // namespace sluice::app
