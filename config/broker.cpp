#include "config/broker.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "config/wording.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view kScheme = "mqtt://";
constexpr std::string_view kTlsScheme = "mqtts://";
constexpr std::uint16_t kTlsPort = 8883;
constexpr std::size_t kHostBytesMax = 253;  // RFC 1035, as text

bool is_host_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

// Also IPv4 inside, and an interface behind "%".
bool is_ipv6_character(char c) {
  return is_host_character(c) || c == ':' || c == '%';
}

Error invalid(std::string_view text, const std::string& what) {
  return {ErrorCode::kInvalid, in_quotes(text) + what};
}

}  // namespace

Result<Broker> parse_broker(std::string_view text) {
  Broker broker;
  broker.use_tls = text.starts_with(kTlsScheme);
  if (broker.use_tls) broker.port = kTlsPort;
  if (!broker.use_tls && !text.starts_with(kScheme)) {
    return invalid(text, " is not of the form mqtt://host:port or mqtts://host:port");
  }
  std::string_view rest = text.substr(broker.use_tls ? kTlsScheme.size() : kScheme.size());
  if (rest.find('@') != std::string_view::npos) {
    return invalid(text, " has a user name in it; that belongs into uplink.credentials_file");
  }

  const bool bracketed = rest.starts_with('[');
  const std::size_t host_end = std::min(rest.find(bracketed ? ']' : ':'), rest.size());
  broker.host = rest.substr(bracketed ? 1 : 0, bracketed ? host_end - 1 : host_end);
  const bool host_ok =
      !broker.host.empty() && broker.host.size() <= kHostBytesMax &&
      std::ranges::all_of(broker.host, bracketed ? is_ipv6_character : is_host_character);
  if (!host_ok || (bracketed && host_end == rest.size())) {
    return invalid(text, " has no valid host; expected mqtt://host:port");
  }

  rest.remove_prefix(bracketed ? host_end + 1 : host_end);
  if (rest.empty()) return broker;
  const char* const end = rest.data() + rest.size();
  const auto [stop, failure] = std::from_chars(rest.data() + 1, end, broker.port);
  if (rest.front() != ':' || failure != std::errc() || stop != end || broker.port == 0) {
    return invalid(text, " has no valid port; expected mqtt://host:port with a port of 1 to 65535");
  }
  return broker;
}

}  // namespace sluice::config
