#pragma once
// An event in one line for people. Pure function.

#include <string>

#include "core/event.hpp"

namespace sluice {

// "time-in-boot-ns what details", such as "81230000000 alert 3 raised: warning, value 80.5, count
// 1".
std::string describe(const Event& event);

}  // namespace sluice
