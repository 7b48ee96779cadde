#pragma once
// The status of a running gateway for people: what `sluice status` prints. Pure function.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sluice::app {

// From the JSON of app/status.hpp. kCorrupt when it is not one.
Result<std::string> status_text(std::string_view json);

}  // namespace sluice::app
