#pragma once
// Something that breaks; faults.hpp says what each kind is.

#include <cstddef>
#include <cstdint>

#include "core/time.hpp"

namespace sluice::sim {

enum class FaultKind : std::uint8_t {
  kGatewayOutage,
  kCollectorOutage,
  kBrokerRestart,
  kGatewayKilled,
  kMachineRebooted,
  kGatewayRestarted,
  kGatewayReloaded,
  kCollectorKilled,
  kCollectorDisk,
  kStorageStall,
  kClockJump,
  kCollectorBackedUp,
  kCollectorRestored,
};
inline constexpr std::size_t kFaultKindCount = 13;

struct Fault {
  FaultKind kind = FaultKind::kGatewayOutage;
  Duration length{};
};

}  // namespace sluice::sim
