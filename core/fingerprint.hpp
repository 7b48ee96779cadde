#pragma once
// Tells whether what was remembered is of the same rule, by the same program: numbers that change
// with what a state depends on, and with how it lies in memory. For states that are stored as raw
// bytes and read by the next run.

#include <cstdint>
#include <string_view>

#include "core/alert.hpp"
#include "core/channel.hpp"

namespace sluice {

// Of what filters and detector of the channel make of its samples.
std::uint64_t fingerprint_of_channel(const ChannelSpec& spec);
// Of a rule on that channel: its condition, and what comes before it.
std::uint64_t fingerprint_of_rule(const ChannelSpec& spec, const AlertRule& rule);
// Of an alert over other alerts, by its rule in words.
std::uint64_t fingerprint_of_text(std::string_view rule);

}  // namespace sluice
