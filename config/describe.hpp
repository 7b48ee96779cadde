#pragma once
// An alert rule in words, for people who do not have the file at hand.

#include <string>
#include <string_view>

#include "config/config.hpp"
#include "core/alert.hpp"

namespace sluice::config {

// "value >= 80 Cel for 10s, clear at 75". `unit` is the channel's; "1" is left out.
std::string describe(const AlertRule& rule, std::string_view unit);
// "all of pump_hot, pump_slow and none of maintenance for 10s".
std::string describe(const CompositeOptions& composite);

}  // namespace sluice::config
