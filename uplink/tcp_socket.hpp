#pragma once
// What Linux knows of a TCP connection that the MQTT library holds.

#include <optional>
#include <string>

#include "core/time.hpp"
#include "uplink/link.hpp"

namespace sluice::uplink {

// Nothing while a non-blocking connect is under way; then the error, empty when it is connected.
std::optional<std::string> connect_outcome(int socket);

// Ends the connection when what was sent stays unacknowledged for so long: a peer that has vanished
// is noticed by the next thing said to it.
void limit_unacknowledged(int socket, Duration limit);

// Since the socket was made, with the headers of TCP and IP as far as the kernel counts segments;
// nothing when the socket is gone or the kernel too old (before 4.19).
std::optional<Traffic> traffic_of(int socket);

// Of the interface with the local address of the connection, such as "wlan0"; empty if none has it.
std::string interface_of(int socket);

}  // namespace sluice::uplink
