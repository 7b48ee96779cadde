#pragma once
// Which network interface carries the way to an address, and when that may have become another one.
// The real one asks the kernel through rtnetlink(7), which needs no rights. Nothing here blocks.
// Single-threaded.

#include <memory>
#include <string>

namespace sluice::uplink {

class RouteWatch {
 public:
  virtual ~RouteWatch() = default;

  // Readable when something has changed; -1 when nothing can be told any more.
  virtual int descriptor() const = 0;
  // Links, addresses or routes have changed since the last call.
  virtual bool changed() = 0;
  // Over which a new connection to that numeric address would go, "wlan0"; empty when there is no
  // way, or the kernel does not say.
  virtual std::string interface_to(const std::string& address) = 0;
};

// Nothing where the kernel does not let us: a sandbox, an emulator.
std::unique_ptr<RouteWatch> watch_routes();

}  // namespace sluice::uplink
