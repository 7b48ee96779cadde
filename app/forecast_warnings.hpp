#pragma once
// What is out of proportion in a configuration, by its forecast. Pure function.

#include <string>
#include <vector>

#include "app/forecast.hpp"

namespace sluice::app {

// Each a sentence that names the channel or profile and what to change.
std::vector<std::string> forecast_warnings(const config::Config& config,
                                           const ForecastOptions& options,
                                           const Forecast& forecast);

}  // namespace sluice::app
