#include "app/service_reports.hpp"

#include <cstdint>

#include "core/log.hpp"

namespace sluice::app {
namespace {

// The manager asks for half its time at least; a third leaves room for a look that comes late.
constexpr int kFeedingsInTime = 3;

std::string counted(std::uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

}  // namespace

void ServiceReports::tend(const Gateway& gateway, Instant now) {
  if (!notify_.has_listener()) return;
  if (!ready_) {
    watchdog_.look(now);
    if (!watchdog_.all_began()) return;
    status_ = service_status(gateway, "", reload_refused_);
    ready_ = notify_.tell("READY=1\nSTATUS=" + status_);
    if (!ready_) return;
    // The manager's time begins now; at once nobody could have come round again.
    feed_at_ = now + notify_.watchdog() / kFeedingsInTime;
    status_at_ = now;
  }
  if (notify_.watchdog() > Duration::zero() && now >= feed_at_) feed_watchdog(now);
  const bool complains = !watchdog_.missing().empty();
  if (now - status_at_ < kStatusEvery && complains == complaint_told_) return;
  const std::string status = service_status(gateway, watchdog_.missing(), reload_refused_);
  if (status == status_) return;
  if (!notify_.tell("STATUS=" + status)) return;
  status_ = status;
  status_at_ = now;
  complaint_told_ = complains;
}

void ServiceReports::feed_watchdog(Instant now) {
  const bool proved = watchdog_.feed(now);
  // What could not be delivered is tried again at the next look.
  if (proved && notify_.tell("WATCHDOG=1")) {
    feed_at_ = now + notify_.watchdog() / kFeedingsInTime;
  }
  if (watchdog_.missing() == complained_of_) return;
  complained_of_ = watchdog_.missing();
  if (proved) {
    log(LogLevel::kInfo, "watchdog: every thread comes round again");
  } else {
    log(LogLevel::kError, "watchdog: no sign of life from " + complained_of_ +
                              "; unless there is one soon the service manager starts the gateway "
                              "again. Does a disk or a device not answer?");
  }
}

void ServiceReports::reloading() {
  if (ready_) static_cast<void>(notify_.tell("RELOADING=1"));
}

void ServiceReports::reloaded(const Gateway& gateway, bool applied) {
  reload_refused_ = !applied;
  if (!ready_) return;
  status_ = service_status(gateway, watchdog_.missing(), reload_refused_);
  // While this is not delivered, the service counts as reloading; so it has to be said again.
  ready_ = notify_.tell("READY=1\nSTATUS=" + status_);
}

void ServiceReports::stopping() {
  if (!notify_.has_listener()) return;
  static_cast<void>(notify_.tell("STOPPING=1\nSTATUS=storing what is left"));
}

std::string service_status(const Gateway& gateway, const std::string& missing,
                           bool reload_refused) {
  if (!missing.empty()) return "no sign of life from " + missing;
  const Crossings& crossings = gateway.crossings();
  std::string status = counted(gateway.config().channels.size(), "channel") + ", " +
                       counted(crossings.loop.read().alerts_active, "active alert");
  if (gateway.has_uplink()) {
    status += crossings.uplink.read().link_up ? ", link up" : ", link down";
  }
  const StorageStatus storage = crossings.storage.read();
  status += ", " + counted(storage.totals.pending_chunks, "chunk") + " to deliver";
  if (storage.failing) status += ", the buffer cannot be written";
  if (reload_refused) status += ", a changed configuration was refused (see the log)";
  return status;
}

}  // namespace sluice::app
