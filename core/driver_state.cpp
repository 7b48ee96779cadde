#include "core/driver_state.hpp"

#include <array>

namespace sluice {

std::string_view name_of(DriverState state) {
  constexpr std::array<std::string_view, kDriverStateCount> kNames = {"up", "degraded", "down"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace sluice
