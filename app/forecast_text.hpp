#pragma once
// A forecast as text: for people with the figures it stands on, or as JSON. Pure functions.

#include <string>

#include "app/forecast.hpp"

namespace sluice::app {

std::string forecast_text(const Forecast& forecast);
// One object, with a line end. What is infinite or not known is null.
std::string forecast_json(const Forecast& forecast);

}  // namespace sluice::app
