// What a store does for those who ask for raw readings: it puts them into their lane, and remembers
// who asked.

#include <string>
#include <utility>
#include <vector>

#include "storage/alert_table.hpp"
#include "storage/promotion.hpp"
#include "storage/recording_table.hpp"
#include "storage/request_table.hpp"
#include "storage/run_names.hpp"
#include "storage/store_impl.hpp"

namespace sluice::storage {

Result<> Store::promote(Promotion& promotion) {
  // A chunk that is promoted is written anew, and moves from one index to another.
  constexpr std::uint64_t kBytes = log_bytes_of(kPromotedChunksMax, 2 * kPromotedBytesMax);
  if (Result<> room = impl_->make_log_room(kBytes); !room.ok()) return room;
  Transaction transaction(impl_->connection);
  Promotion next = promotion;
  storage::promote(transaction, next);
  const std::uint64_t before = impl_->promoted;
  impl_->promoted += next.promoted - promotion.promoted;
  Result<> done = impl_->conclude(transaction);
  if (done.ok()) {
    promotion = std::move(next);
  } else {
    impl_->promoted = before;
  }
  return done;
}

Result<std::vector<KeptRecording>> Store::recordings() {
  Transaction transaction(impl_->connection);
  std::vector<KeptRecording> recordings = all_recordings(transaction);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return recordings;
}

Result<> Store::forget_recordings(Instant before) {
  if (Result<> room = impl_->make_log_room(kSmallLogBytes); !room.ok()) return room;
  Transaction transaction(impl_->connection);
  storage::forget_recordings(transaction, impl_->boot, before);
  return impl_->conclude(transaction);
}

Result<std::optional<Request>> Store::find_request(const std::string& id) {
  Transaction transaction(impl_->connection);
  std::optional<Request> found = storage::find_request(transaction, id);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return found;
}

Result<std::vector<Request>> Store::open_requests() {
  Transaction transaction(impl_->connection);
  std::vector<Request> open = storage::open_requests(transaction);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return open;
}

Result<std::vector<ActiveAlert>> Store::active_alerts() {
  Transaction transaction(impl_->connection);
  std::vector<ActiveAlert> alerts = all_active_alerts(transaction);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return alerts;
}

Result<std::optional<Checkpoint>> Store::checkpoint() {
  Transaction transaction(impl_->connection);
  std::optional<Checkpoint> checkpoint = last_checkpoint(transaction);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return checkpoint;
}

Result<> Store::put_request(const Request& request) {
  const std::uint64_t bytes = request.command.size() + request.answer.size();
  if (Result<> room = impl_->make_log_room(kSmallLogBytes + bytes); !room.ok()) return room;
  Transaction transaction(impl_->connection);
  storage::put_request(transaction, request);
  return impl_->conclude(transaction);
}

Result<std::vector<KnownBoot>> Store::boots_of(const std::string& channel) {
  Transaction transaction(impl_->connection);
  std::vector<KnownBoot> boots = storage::boots_of(transaction, channel);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return boots;
}

Result<std::string> Store::boot_of(const RunId& run) {
  Transaction transaction(impl_->connection);
  std::string boot = storage::boot_of(transaction, run);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return boot;
}

}  // namespace sluice::storage
