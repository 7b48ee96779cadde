#include "core/event.hpp"

#include <array>

namespace sluice {

std::string_view name_of(GapReason reason) {
  constexpr std::array<std::string_view, kGapReasonCount> kNames = {
      "restart", "ring_full", "quota", "media_loss", "collector_rollback", "closed"};
  return kNames[static_cast<std::size_t>(reason)];
}

Instant time_of(const Event& event) {
  return std::visit([](const auto& record) { return record.time; }, event);
}

}  // namespace sluice
