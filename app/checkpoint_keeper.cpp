#include "app/checkpoint_keeper.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "core/log.hpp"

namespace sluice::app {
namespace {

constexpr std::size_t kRoomFirst = 16 * 1024;

}  // namespace

CheckpointKeeper::CheckpointKeeper(std::string boot, std::string version, StateCopies& copies,
                                   Instant now)
    : boot_(std::move(boot)),
      version_(std::move(version)),
      copies_(&copies),
      room_(kRoomFirst),
      last_(now) {}

Duration CheckpointKeeper::interval(Duration least) const {
  constexpr std::int64_t kNsPerByte =
      to_ns(std::chrono::hours(24)) / static_cast<std::int64_t>(kBytesPerDay);
  return std::max(least, Duration(static_cast<std::int64_t>(packed_bytes_) * kNsPerByte));
}

void CheckpointKeeper::collect(const AlertLedger& names, Instant now) {
  while (std::optional<std::unique_ptr<StateCopy>> copy = copies_->filled.try_pop()) {
    asked_ = false;
    if ((*copy)->needed > 0) {
      room_ = (*copy)->needed;
      continue;
    }
    Bytes bytes = pack(**copy, version_, [&](StateKind kind, std::uint16_t number) {
      if (kind != StateKind::kChannel) return names.name_of(AlertId{number});
      const auto channel = channels_.find(ChannelId{number});
      return channel == channels_.end() ? std::nullopt : std::optional(channel->second);
    });
    packed_bytes_ = bytes.size();
    if (packed_bytes_ > kBytesMax) {
      last_ = now;
      if (!std::exchange(too_large_, true)) {
        log(LogLevel::kWarning,
            "what the alert rules remember, " + std::to_string(packed_bytes_) +
                " bytes, is too much to be kept for the next start; which alerts are active is "
                "kept all the same. Fewer rules with `anomaly` or `of` need less");
      }
      continue;
    }
    waiting_ = storage::Checkpoint{boot_, (*copy)->taken, std::move(bytes)};
  }
  const bool is_due = now - last_ >= interval(stepped_ ? kAfterStep : kEvery);
  if (asked_ || waiting_ || !is_due) return;
  auto blank = std::make_unique<StateCopy>();
  blank->bytes.resize(room_);
  asked_ = copies_->blank.try_push(std::move(blank));
}

void CheckpointKeeper::learn(const Event& event) {
  if (const auto* channel = std::get_if<ChannelDeclared>(&event)) {
    channels_.insert_or_assign(channel->channel, channel->name);
  }
  stepped_ = stepped_ || std::holds_alternative<AlertEvent>(event);
}

void CheckpointKeeper::add_to(storage::Commit& commit, bool has_all_events) {
  offered_ = waiting_.has_value() && has_all_events;
  if (offered_) commit.checkpoint = waiting_;
}

bool CheckpointKeeper::committed(Instant now) {
  if (!std::exchange(offered_, false)) return false;
  waiting_.reset();
  stepped_ = false;
  last_ = now;
  return true;
}

}  // namespace sluice::app
