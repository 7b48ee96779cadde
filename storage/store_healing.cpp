// What a store does about damage: it looks for it where it was met, puts what is damaged out of the
// way, and takes over what is not.

#include <string>
#include <vector>

#include "core/check.hpp"
#include "core/log.hpp"
#include "storage/audit.hpp"
#include "storage/missing_table.hpp"
#include "storage/quarantine.hpp"
#include "storage/set_aside.hpp"
#include "storage/store_impl.hpp"

namespace sluice::storage {
namespace {

// What was salvaged is kept as long as it has less than this part of the quota.
constexpr std::uint64_t kSalvagedShare = 8;

// What a piece writes, of a salvage or into quarantine. One that holds a larger chunk exceeds it.
constexpr std::uint64_t kPieceLogBytes = log_bytes_of(256, 256 * 1024);

}  // namespace

Result<> Store::Impl::set_aside() {
  if (Result<> moved = storage::set_aside(options.path); !moved.ok()) return moved;
  if (options.earlier == Options::Earlier::kUse) {
    log(LogLevel::kError, options.path +
                              " is damaged and was set aside; a fresh one goes on, and what can be "
                              "read of the old one is taken over. Check the disk or card it is on");
  } else {
    log(LogLevel::kWarning, options.path +
                                " was set aside; a fresh one goes on. What is in the old one is "
                                "taken over at the next start without safe mode");
  }
  distrusted = false;
  thinning = {};
  salvage.reset();
  return Ok{};
}

void Store::Impl::look_for_salvage() {
  if (salvage) return;
  const std::vector<std::string> damaged = databases_set_aside(options.path);
  if (!damaged.empty()) salvage.emplace(damaged.front(), mark.run);
}

Result<> Store::Impl::end_salvage() {
  const std::string path = salvage->path();
  log(salvage->has_loss() ? LogLevel::kWarning : LogLevel::kInfo,
      std::to_string(salvage->chunks()) + " chunks were taken over from " + path +
          (salvage->has_loss() ? "; what is missing is declared" : "; nothing is missing"));
  Result<> gone = salvage->knows_runs()
                      ? dispose(options.path, path, options.quota_bytes / kSalvagedShare)
                      : keep_foreign(options.path, path);
  salvage.reset();
  share_with_set_aside();
  look_for_salvage();
  return gone;
}

void Store::Impl::share_with_set_aside() {
  space.note_set_aside(bytes_set_aside(options.path));
  static_cast<void>(limit_size(connection, space.shares().database));
}

bool Store::salvaging() const {
  return impl_->salvage.has_value();
}

Result<> Store::salvage() {
  CHECK(salvaging());
  if (impl_->options.earlier != Options::Earlier::kUse) return Ok{};
  Salvage& salvage = *impl_->salvage;
  const Result<Usage> usage = usage_of(impl_->connection);
  if (!usage.ok()) {
    impl_->take_note(usage.error());
    return usage.error();
  }
  if (!impl_->space.has_room_for(kPieceLogBytes, usage->used)) return Ok{};
  if (Result<> room = impl_->make_log_room(kPieceLogBytes); !room.ok()) return room;
  Transaction transaction(impl_->connection);
  salvage.step(transaction);
  if (!transaction.ok()) {
    const Error error = transaction.commit().error();
    if (error.code != ErrorCode::kCorrupt) return impl_->end_reading(transaction);
    salvage.skip();
    return Ok{};
  }
  const std::uint64_t undeclared = count_undeclared(transaction);
  HotReadings hot = impl_->hot;
  hot.earlier = readings_in_frames(transaction) - hot.current;
  if (Result<> done = impl_->conclude(transaction, hot, impl_->mark); !done.ok()) return done;
  impl_->undeclared = undeclared;
  impl_->written.add(salvage.committed());
  return salvage.done() ? impl_->end_salvage() : Result<>(Ok{});
}

Result<> Store::audit() {
  CHECK(!salvaging());
  Transaction transaction(impl_->connection);
  storage::audit(transaction);
  if (!transaction.ok()) return impl_->end_reading(transaction);
  impl_->audited = true;
  impl_->forget(transaction);
  return impl_->conclude(transaction);
}

Result<std::uint64_t> Store::examine(const Suspect& suspect) {
  if (Result<> room = impl_->make_log_room(kPieceLogBytes); !room.ok()) return room.error();
  Transaction transaction(impl_->connection);
  const std::uint64_t damaged = quarantine_damaged(transaction, suspect.stream, suspect.after);
  const std::uint64_t undeclared = count_undeclared(transaction);
  const Result<> done =
      damaged > 0 ? impl_->conclude(transaction) : impl_->end_reading(transaction);
  if (!done.ok()) {
    impl_->distrusted = impl_->distrusted || (failed() && ++impl_->unreadable >= kUnreadableMax);
    return done.error();
  }
  impl_->unreadable = 0;
  impl_->undeclared = undeclared;
  return damaged;
}

}  // namespace sluice::storage
