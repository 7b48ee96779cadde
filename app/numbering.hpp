#pragma once
// Gives channels and alerts their numbers within one run. A name keeps its number for the whole run
// and a number is never given to another name, so that what is stored stays readable over reloads.
// A channel whose unit changes is another channel: its old readings stay in the old unit. Main
// thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/alert.hpp"
#include "core/reading.hpp"

namespace sluice::app {

// Numbers of one run: several times what one configuration may have, so that reloads which rename
// things still fit; beyond, a restart is asked for.
inline constexpr std::size_t kChannelNumbersMax = 4'096;
inline constexpr std::size_t kAlertNumbersMax = 8'192;

class Numbering {
 public:
  // The number of that name; nothing when the run has given out all its numbers.
  std::optional<ChannelId> channel(std::string_view name, std::string_view unit);
  std::optional<AlertId> alert(std::string_view name);
  // Below hal::kBusesMax.
  std::optional<std::size_t> bus(std::string_view name);

  // Nothing for a name that was never given a number.
  std::optional<ChannelId> find_channel(std::string_view name, std::string_view unit) const;
  std::optional<AlertId> find_alert(std::string_view name) const;
  std::optional<std::size_t> find_bus(std::string_view name) const;

 private:
  using Names = std::map<std::string, std::uint16_t, std::less<>>;
  static std::optional<std::uint16_t> give(Names& names, std::string_view name, std::size_t max);
  static std::optional<std::uint16_t> find(const Names& names, std::string_view name);

  Names channels_;
  Names alerts_;
  Names buses_;
};

}  // namespace sluice::app
