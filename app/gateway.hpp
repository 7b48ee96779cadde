#pragma once
// The gateway put together: every part, and the places where they meet, without threads and without
// a clock. Whoever owns it calls the parts' steps, each from its one thread (app/threads.hpp) or
// all from the simulator's.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/batch_layer.hpp"
#include "app/bus_worker.hpp"
#include "app/crossings.hpp"
#include "app/driver_watch.hpp"
#include "app/equipment.hpp"
#include "app/handover.hpp"
#include "app/numbering.hpp"
#include "app/plan.hpp"
#include "app/realtime_loop.hpp"
#include "app/storage_service.hpp"
#include "app/uplink_service.hpp"
#include "config/config.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::app {

// Who and when this run is.
struct Identity {
  RunId run;
  std::string boot;  // kernel's boot id
  std::string version;
  std::string safe_mode = {};  // why it runs in safe mode; empty: it does not
};

class Gateway {
 public:
  // Opens everything and makes the run durable. `link` may be null: then nothing is sent and the
  // buffer fills to its quota.
  static Result<std::unique_ptr<Gateway>> open(const config::Config& config,
                                               const Identity& identity,
                                               std::unique_ptr<uplink::Link> link, Instant now);

  // For open() alone: what it makes is not whole yet.
  Gateway(const config::Config& config, const Identity& identity);

  // Each for its one thread.
  RealtimeLoop& loop() { return *loop_; }
  StorageService& storage() { return *storage_; }
  UplinkService* uplink() { return uplink_.get(); }  // null without a link
  BatchLayer* batch() { return batch_.get(); }       // null when nothing is to be rolled up
  Crossings& crossings() { return crossings_; }

  // All below: main thread.

  // One for each bus, each of them for a thread of its own. A reload adds some, and leaves others
  // without anything to do.
  std::span<const std::unique_ptr<BusWorker>> workers() const { return workers_; }
  // Lets a worker go whose thread has ended. REQUIRES: worker.done().
  void forget(const BusWorker& worker);

  // Applies channels, alerts and actuators of `config` between two ticks. Returns the sections that
  // differ too and wait for a restart. kFull while an earlier reload is still under way. On failure
  // the old configuration stays.
  Result<std::vector<std::string>> reload(const config::Config& config, Instant now);
  // Finishes a reload once the threads have let go of what was replaced, and records what drivers
  // do. Call some times a second.
  void tend(Instant now);
  // Records how boot time maps to wall time now. False when storage takes no more; note it again.
  bool note_clock(const ClockRecord& clock);
  // kNotFound for a name that no alert has; kFull when too many wait.
  Result<> acknowledge(std::string_view alert);

  const Crossings& crossings() const { return crossings_; }
  // How the drivers of polled channels did at the last tend().
  std::span<const DriverReport> drivers() const { return watch_.reports(); }
  // Nothing of one that is no device. REQUIRES: an actuator of config().
  std::optional<hal::ActuatorStanding> standing(const hal::ActuatorOptions& actuator) const {
    return equipment_.actuator(actuator).standing();
  }
  bool has_uplink() const { return uplink_ != nullptr; }
  const config::Config& config() const { return config_; }
  const Identity& identity() const { return identity_; }
  const Numbering& numbering() const { return numbering_; }

 private:
  // Tells storage and uplink the same. False when storage takes no more; then neither hears of it.
  bool note(const std::vector<Event>& events);
  // Gives the workers what config_ wants of them, and the watch what to look at.
  void give_work();
  void tell_of_buses();

  config::Config config_;
  const Identity identity_;
  Crossings crossings_;
  Numbering numbering_;
  Equipment equipment_;
  Handover<Plan> plans_;
  std::vector<std::unique_ptr<BusWorker>> workers_;
  DriverWatch watch_;
  // Set by open(), in this order; gone in the reverse one, before what they refer to above.
  std::unique_ptr<StorageService> storage_;
  std::unique_ptr<UplinkService> uplink_;
  std::unique_ptr<BatchLayer> batch_;
  std::unique_ptr<RealtimeLoop> loop_;
};

}  // namespace sluice::app
