#pragma once
// Holds the parser to the key table: each check takes every key of a section and returns what is
// wrong, a key a line; empty when nothing is.

#include <string>

#include "config/keys.hpp"

namespace sluice::config {

// A value of a type that no key takes must be reported, or else nobody reads the key.
std::string unread_keys(Section section);
// Giving the documented default must be the same as leaving the key out.
std::string wrong_defaults(Section section);
// Leaving a required key out must be reported, and any other not.
std::string wrong_requirements(Section section);
// Both ends of what a key takes must be taken, and what lies just outside reported.
std::string wrong_bounds(Section section);
// Every choice must be taken, and what is none of them reported.
std::string wrong_choices(Section section);

}  // namespace sluice::config
