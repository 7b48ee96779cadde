#include "app/gateway.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "app/plan_builder.hpp"
#include "app/restoration.hpp"
#include "core/check.hpp"

namespace sluice::app {
namespace {

// Beyond the stall it is sized for: the tick it begins and ends in, and a look of the storage
// thread.
constexpr Duration kRingMargin = std::chrono::seconds(1);
// The ring is never smaller, so that a handful of slow channels does not make it tiny, and never
// larger: 96 MB of readings at 24 bytes.
constexpr double kRingReadingsMin = 1'024;
constexpr double kRingReadingsMax = 4'194'304;

std::size_t ring_readings(const config::Config& config) {
  double per_second = 0;
  for (const config::ChannelOptions& channel : config.channels) {
    per_second += 1.0 / to_seconds(channel.spec.period);
  }
  const double wanted = per_second * to_seconds(config.realtime.ring + kRingMargin);
  return static_cast<std::size_t>(std::clamp(wanted, kRingReadingsMin, kRingReadingsMax));
}

std::vector<std::string> sections_that_differ(const config::Config& a, const config::Config& b) {
  std::vector<std::string> sections;
  if (!(a.gateway == b.gateway)) sections.emplace_back("gateway");
  if (!(a.realtime == b.realtime)) sections.emplace_back("realtime");
  if (!(a.storage == b.storage && a.seal == b.seal &&
        a.card_endurance_bytes == b.card_endurance_bytes))
    sections.emplace_back("storage");
  if (!(a.uplink == b.uplink)) sections.emplace_back("uplink");
  if (!(a.rollup == b.rollup)) sections.emplace_back("rollup");
  return sections;
}

}  // namespace

Gateway::Gateway(const config::Config& config, const Identity& identity)
    : config_(config), identity_(identity), crossings_(ring_readings(config)) {}

Result<std::unique_ptr<Gateway>> Gateway::open(const config::Config& config,
                                               const Identity& identity,
                                               std::unique_ptr<uplink::Link> link, Instant now) {
  auto gateway = std::make_unique<Gateway>(config, identity);
  if (Result<> opened = gateway->equipment_.open(config); !opened.ok()) return opened.error();
  Result<BuiltPlan> built = build_plan(config, gateway->equipment_, gateway->numbering_, now);
  if (!built.ok()) return built.error();

  Result<StorageService> storage =
      StorageService::open({config.storage, config.seal, identity.run, identity.boot,
                            config.uplink.around_alert, identity.version},
                           gateway->crossings_, now);
  if (!storage.ok()) return storage.error();
  gateway->storage_ = std::make_unique<StorageService>(std::move(*storage));
  const Restored restored = restore(*built->plan, built->declarations, gateway->numbering_,
                                    gateway->storage_->left_behind(), now);

  if (config.rollup.enabled) {
    gateway->batch_ = std::make_unique<BatchLayer>(
        config.rollup, storage::Reader(config.storage.path), gateway->crossings_);
  }
  if (link != nullptr) {
    gateway->uplink_ = std::make_unique<UplinkService>(
        UplinkService::Setup{config.uplink.delivery, identity.run,
                             storage::Reader(config.storage.path),
                             storage::Reader(config.storage.path), std::move(link),
                             config.gateway.state_directory + "/link_usage"},
        gateway->crossings_);
  }

  std::vector<Event> events = {RunStarted{now, identity.boot, identity.version, config.hash}};
  if (!identity.safe_mode.empty()) events.push_back(SafeModeEntered{now, identity.safe_mode});
  events.insert(events.end(), built->declarations.begin(), built->declarations.end());
  events.insert(events.end(), restored.declarations.begin(), restored.declarations.end());
  CHECK(gateway->note(events));
  gateway->give_work();
  gateway->loop_ = std::make_unique<RealtimeLoop>(std::move(built->plan), gateway->crossings_,
                                                  gateway->plans_, now);
  gateway->loop_->resume(restored.active, restored.cleared);
  return gateway;
}

Result<std::vector<std::string>> Gateway::reload(const config::Config& config, Instant now) {
  if (!plans_.idle()) {
    return Error{ErrorCode::kFull, "the reload before this one is not finished; try again"};
  }
  if (Result<> opened = equipment_.open(config); !opened.ok()) return opened.error();
  Result<BuiltPlan> built = build_plan(config, equipment_, numbering_, now);
  if (!built.ok()) return built.error();

  std::vector<Event> events = {ConfigApplied{now, config.hash}};
  events.insert(events.end(), built->declarations.begin(), built->declarations.end());
  if (!note(events)) {
    return Error{ErrorCode::kFull, "the buffer cannot be written just now; try again"};
  }
  plans_.offer(std::move(built->plan));
  config_.channels = config.channels;
  config_.composites = config.composites;
  config_.actuators = config.actuators;
  config_.hash = config.hash;
  give_work();
  return sections_that_differ(config_, config);
}

void Gateway::give_work() {
  std::map<std::string, hal::Work> work = equipment_.work(config_);
  for (const std::unique_ptr<BusWorker>& worker : workers_) {
    auto wanted = work.extract(worker->bus());
    worker->give(wanted.empty() ? hal::Work{} : wanted.mapped());
  }
  for (const auto& [bus, wanted] : work) {
    workers_.push_back(std::make_unique<BusWorker>(bus, wanted));
  }

  std::vector<WatchedDriver> drivers;
  for (const config::ChannelOptions& channel : config_.channels) {
    const hal::OpenSensor& open = equipment_.opened(channel);
    if (!open.polled) continue;
    const std::optional<ChannelId> id =
        numbering_.find_channel(channel.spec.name, channel.spec.unit);
    CHECK(id.has_value());
    drivers.push_back({channel.spec.name, *id, open.bus, open.polled.get()});
  }
  watch_.watch(std::move(drivers));
}

void Gateway::forget(const BusWorker& worker) {
  CHECK(worker.done());
  std::erase_if(workers_, [&](const auto& known) { return known.get() == &worker; });
}

void Gateway::tend(Instant now) {
  // What comes back is freed here, on the main thread.
  bool freed = plans_.collect() != nullptr;
  for (const std::unique_ptr<BusWorker>& worker : workers_) freed = worker->tend() || freed;
  if (freed && plans_.idle()) equipment_.keep_only(config_, workers_);
  watch_.look(now, [this](const std::vector<Event>& events) { return note(events); });
  tell_of_buses();
}

// A bus is down when all drivers on it are; one that has not been asked yet is not known to be.
void Gateway::tell_of_buses() {
  std::array<bool, hal::kBusesMax> has_drivers{};
  std::array<bool, hal::kBusesMax> works{};
  for (const DriverReport& report : watch_.reports()) {
    const std::optional<std::size_t> bus = numbering_.find_bus(report.bus);
    if (!bus) continue;  // no alert is about it
    has_drivers[*bus] = true;
    works[*bus] = works[*bus] || !report.asked || report.state != DriverState::kDown;
  }
  for (std::size_t bus = 0; bus < has_drivers.size(); ++bus) {
    crossings_.buses_down[bus].store(has_drivers[bus] && !works[bus], std::memory_order_relaxed);
  }
}

bool Gateway::note_clock(const ClockRecord& clock) {
  return note({clock});
}

Result<> Gateway::acknowledge(std::string_view alert) {
  const std::optional<AlertId> id = numbering_.find_alert(alert);
  if (!id) {
    return Error{ErrorCode::kNotFound, "no alert is named \"" + std::string(alert) + "\""};
  }
  if (!crossings_.acknowledgements.try_push(*id)) {
    return Error{ErrorCode::kFull, "too many acknowledgements wait for the loop; try again"};
  }
  return Ok{};
}

bool Gateway::note(const std::vector<Event>& events) {
  if (!crossings_.notes.try_push(events)) return false;
  // The uplink only speaks of it live; the record goes through storage.
  if (uplink_) static_cast<void>(crossings_.news.try_push(events));
  return true;
}

}  // namespace sluice::app
