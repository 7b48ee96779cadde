#pragma once
// Finds an address of a host that takes TCP connections, without blocking on any of them. The MQTT
// library connects in the calling thread, for two minutes when the packets vanish on the way; after
// a dial that answered it is given that one address and returns within a round trip.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::uplink {

class Dial {
 public:
  static constexpr Duration kAddressTimeout = std::chrono::seconds(5);
  // Most addresses of one host that are tried.
  static constexpr std::size_t kAddressesMax = 6;

  // Resolves `host`, which may block for as long as the resolver does. kNotFound when it has no
  // address.
  static Result<Dial> start(const std::string& host, std::uint16_t port);
  Dial(Dial&& other) noexcept;
  Dial& operator=(Dial&& other) noexcept;
  ~Dial();

  // The numeric address that answered, or kUnavailable when none did; nothing while it is open.
  std::optional<Result<std::string>> poll(Instant now);

  // To wait on for writing; -1 when there is none.
  int socket() const { return socket_; }

 private:
  struct Address {
    std::string numeric;
    int family = 0;
    std::vector<std::byte> bytes;  // a sockaddr of that family
  };

  Dial() = default;
  // False when the system refuses at once; `why_` says why.
  bool try_address(const Address& address, Instant now);
  void hang_up();

  std::vector<Address> addresses_;
  std::size_t next_ = 0;  // address to try when the present one fails
  int socket_ = -1;
  Instant deadline_;
  std::string why_;
};

}  // namespace sluice::uplink
