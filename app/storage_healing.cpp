// What the storage service does about damage, between the commits: it takes over what was set
// aside, looks where the uplink met something, and tells of what is gone.

#include <optional>
#include <utility>

#include "app/recovery.hpp"
#include "app/storage_service.hpp"
#include "core/log.hpp"

namespace sluice::app {

void StorageService::declare_missing(Instant now) {
  const Result<> declared = app::declare_missing(store_, now);
  if (!declared.ok()) put_off(now, declared.error());
}

void StorageService::salvage(Instant now) {
  const bool salvaging = store_.salvaging();
  recovery_due_ = recovery_due_ || salvaging;
  // The first thing that becomes durable is the new run.
  if (!recovery_due_ || status_.commits == 0 || now < next_salvage_) return;
  const Result<> done = salvaging ? store_.salvage() : recover_earlier_runs(store_, boot_, now);
  if (!done.ok()) {
    next_salvage_ = now + seal_.commit_every;
    return put_off(now, done.error());
  }
  recovery_due_ = salvaging;
}

void StorageService::audit(Instant now) {
  if (status_.commits == 0 || recovery_due_ || !std::exchange(audit_due_, false)) return;
  if (const Result<> whole = store_.audit(); !whole.ok()) put_off(now, whole.error());
}

void StorageService::examine_suspects(Instant now) {
  while (const std::optional<storage::Suspect> suspect = crossings_->suspects.try_pop()) {
    const Result<std::uint64_t> damaged = store_.examine(*suspect);
    if (!damaged.ok()) return put_off(now, damaged.error());
    if (*damaged > 0 &&
        std::exchange(status_.damaged_chunks, status_.damaged_chunks + *damaged) == 0) {
      log(LogLevel::kError,
          "stored chunks are damaged; they are kept aside and declared to the collector. Check the "
          "disk or card the buffer is on");
    }
  }
}

}  // namespace sluice::app
