#pragma once
// MQTT's reason codes, and the library's own, in words of ours.

#include <string>

#include "uplink/link_fault.hpp"

namespace sluice::uplink {

// MQTT v5, and SUBACK of all versions: a reason code from here on is a refusal.
inline constexpr int kRefusalReason = 0x80;

// Of a CONNACK that refuses, in v5 or 3.1.1.
bool is_version_refusal(int reason);
bool is_retain_refusal(int reason);
Fault connect_refused(int reason);

// Of a DISCONNECT that the broker sends in v5.
Fault disconnected(int reason);

// What the MQTT library's `code` means, without a full stop: it goes into a sentence of ours. Of
// MOSQ_ERR_ERRNO what errno says.
std::string words_for(int code);

}  // namespace sluice::uplink
