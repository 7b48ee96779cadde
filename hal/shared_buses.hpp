#pragma once
// Hardware that several probes share, such as an I2C adapter or a serial line: one object for each
// bus name, made when the first probe of it is opened. All probes of a bus are measured on its one
// worker thread, so what they share needs no lock. Main thread; the objects belong to the workers.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/check.hpp"

namespace sluice::hal {

// Base of what is shared. Its constructor must not touch the hardware, which may block.
class SharedBus {
 public:
  virtual ~SharedBus() = default;
};

class SharedBuses {
 public:
  // The object of bus `name`; `make` returns a std::unique_ptr<T> and is called if there is none.
  // Lives until keep_only() drops it. REQUIRES: an existing one is a T.
  template <typename T, typename Make>
  T& at(const std::string& name, Make make) {
    for (const auto& [known, bus] : buses_) {
      if (known != name) continue;
      auto* const found = dynamic_cast<T*>(bus.get());
      CHECK(found != nullptr);
      return *found;
    }
    std::unique_ptr<T> made = make();
    T& bus = *made;
    buses_.emplace_back(name, std::move(made));
    return bus;
  }

  // Drops the others. REQUIRES: no probe uses those.
  void keep_only(const std::vector<std::string>& names) {
    std::erase_if(buses_, [&](const auto& bus) {
      return std::find(names.begin(), names.end(), bus.first) == names.end();
    });
  }

 private:
  std::vector<std::pair<std::string, std::unique_ptr<SharedBus>>> buses_;
};

}  // namespace sluice::hal
