#include "core/alert.hpp"

#include <array>

namespace sluice {

std::string_view name_of(Severity severity) {
  constexpr std::array<std::string_view, kSeverityCount> kNames = {"info", "warning", "critical"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string_view name_of(AlertChange change) {
  constexpr std::array<std::string_view, kAlertChangeCount> kNames = {"raised", "escalated",
                                                                      "acknowledged", "cleared"};
  return kNames[static_cast<std::size_t>(change)];
}

std::string_view name_of(Aggregate aggregate) {
  constexpr std::array<std::string_view, 7> kNames = {"mean",  "min",       "max",  "sum",
                                                      "count", "deviation", "delta"};
  return kNames[static_cast<std::size_t>(aggregate)];
}

}  // namespace sluice
