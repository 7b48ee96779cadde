#pragma once
// Where the broker is, as the operator writes it: in the file and on the command line.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sluice::config {

struct Broker {
  std::string host;           // a name or an address, IPv6 without its brackets
  std::uint16_t port = 1883;  // 8883 with TLS, unless it is told
  bool use_tls = false;
};

// "mqtt://host", "mqtts://host:port", "mqtt://[::1]:port". kInvalid for anything else.
Result<Broker> parse_broker(std::string_view text);

}  // namespace sluice::config
