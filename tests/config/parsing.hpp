#pragma once
// What the tests of parsing share: right files to put one thing into, and what parse() says.

#include <string>
#include <string_view>

#include "config/config.hpp"

namespace sluice::config {

// Of a file with the name "t.toml". One problem a line; empty when the text is right.
std::string problems_in(std::string_view toml);
// REQUIRES: the text is right.
Config config_of(std::string_view toml);

// A file of one simulated channel in Cel, with a period of 1 s. `lines` stand in its [[channel]]
// from line 5 on, or in its only [[channel.alert]], named "x", from line 7 on.
std::string in_channel(std::string_view lines);
std::string in_alert(std::string_view lines);
// A file of one channel of another driver: `lines` from line 5 on.
std::string in_channel_of(std::string_view driver, std::string_view lines);
// `lines` from line 1 on, then a channel.
std::string before_channel(std::string_view lines);

}  // namespace sluice::config
