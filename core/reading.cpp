#include "core/reading.hpp"

#include <array>

namespace sluice {

std::string_view name_of(Quality quality) {
  constexpr std::array<std::string_view, kQualityCount> kNames = {
      "good", "stale", "out_of_range", "fault", "missing", "suspect_clock"};
  return kNames[static_cast<std::size_t>(quality)];
}

}  // namespace sluice
