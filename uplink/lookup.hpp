#pragma once
// The addresses of a host, looked up by the C library's own threads while this one goes on: the
// resolver may take half a minute to say that nobody answers it.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace sluice::uplink {

class Lookup {
 public:
  // Most addresses of one host that are of interest.
  static constexpr std::size_t kAddressesMax = 6;

  explicit Lookup(std::string host);
  Lookup(Lookup&&) noexcept;
  Lookup& operator=(Lookup&&) noexcept;
  // What the resolver is still busy with is left to it.
  ~Lookup();

  // Asks anew, unless the last question is still open.
  void start();
  // Numeric addresses, those of IPv6 and IPv4 by turns, so that a family that leads nowhere costs
  // one try; kNotFound when there is none. Nothing while the resolver is busy. REQUIRES: start().
  std::optional<Result<std::vector<std::string>>> poll();

 private:
  struct Question;
  std::string host_;
  std::unique_ptr<Question> question_;
};

}  // namespace sluice::uplink
