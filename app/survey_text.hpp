#pragma once
// A configuration made of what a board offers: TOML in which everything that was found stands as a
// comment, with the channels that would read it below. Pure.

#include <span>
#include <string>

#include "hal/survey/survey.hpp"

namespace sluice::app {

// What the gateway reads of the machine itself, wherever it runs: so there is always a channel.
hal::Survey survey_of_the_machine();

// A part of a configuration that `sluice check` accepts: names are unique, and there are no more
// channels and buses than a gateway has. A draft that nobody asked the device about is commented
// out; so is one beyond those bounds. A draft for a driver that this program does not have, or with
// a text that a configuration cannot hold, is left out.
std::string text_of(std::span<const hal::Survey> surveys);

// The whole file that `sluice init` writes: the same below what every gateway has to know.
std::string first_configuration(std::span<const hal::Survey> surveys);

}  // namespace sluice::app
