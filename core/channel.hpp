#pragma once
// One channel as the operator declared it, without where its samples come from.

#include <cstddef>
#include <string>
#include <vector>

#include "core/alert.hpp"
#include "core/calibration.hpp"
#include "core/filter.hpp"
#include "core/time.hpp"

namespace sluice {

// Most filters in the chain of one channel.
inline constexpr std::size_t kFiltersPerChannelMax = 8;

// Every member has an initialiser, so that a designated initialiser may leave any of them out.
struct ChannelSpec {
  std::string name{};  // [A-Za-z0-9_.-]{1,64}, unique in the gateway
  std::string unit{};  // SenML or UCUM code, "1" for a plain number
  Duration period = std::chrono::seconds(1);
  Calibration calibration{};
  Range range{};  // of the calibrated value; outside it a reading is kOutOfRange
  std::vector<FilterSpec> filters{};
  std::vector<AlertRule> alerts{};
};

}  // namespace sluice
