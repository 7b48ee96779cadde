#include "app/state_copier.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "core/check.hpp"
#include "core/raw_state.hpp"

namespace sluice::app {
namespace {

// Room for a state behind its head.
std::span<std::byte> begin_state(StateCopy& copy, StateKind kind, std::uint16_t number,
                                 std::uint64_t fingerprint, std::size_t bytes) {
  CHECK(copy.bytes.size() - copy.used >= sizeof(StateHead) + bytes);
  StateHead head{};
  head.fingerprint = fingerprint;
  head.bytes = static_cast<std::uint32_t>(bytes);
  head.number = number;
  head.kind = kind;
  const std::span<std::byte> room = std::span(copy.bytes).subspan(copy.used);
  RawWriter(room).put(head);
  copy.used += sizeof(head) + bytes;
  return room.subspan(sizeof(head), bytes);
}

}  // namespace

void StateCopier::step(Plan& plan, Instant now) {
  if (!copy_) {
    std::optional<std::unique_ptr<StateCopy>> blank = copies_.blank.try_pop();
    if (!blank) return;
    copy_ = std::move(*blank);
    place_ = 0;
  }
  if (place_ == 0) {
    copy_->used = 0;
    copy_->taken = now;
    copy_->needed = plan.state_bytes();
  }
  if (copy_->needed <= copy_->bytes.size()) {
    const std::size_t end = copy_->used + kSliceBytes;
    for (; place_ < plan.slot_count(); ++place_) {
      if (copy_->used >= end) return;
      copy_slot(plan.slot(place_));
    }
    copy_composites(plan.network());
    copy_->needed = 0;
  }
  place_ = 0;
  // One is under way at most, and there is room for two.
  CHECK(copies_.filled.try_push(std::move(copy_)));
}

void StateCopier::copy_slot(const Slot& slot) {
  const ChannelPipeline& pipeline = slot.pipeline;
  pipeline.save(begin_state(*copy_, StateKind::kChannel, index_of(pipeline.channel()),
                            pipeline.fingerprint(), pipeline.state_bytes()));
  for (std::size_t i = 0; i < pipeline.alert_count(); ++i) {
    pipeline.save(i, begin_state(*copy_, StateKind::kAlert, index_of(pipeline.id(i)),
                                 pipeline.fingerprint(i), pipeline.state_bytes(i)));
  }
}

// Their state is small: 256 of them are 16 KB.
void StateCopier::copy_composites(const AlertNetwork& network) {
  for (const CompositeAlert& composite : network.composites()) {
    const std::span<std::byte> room =
        begin_state(*copy_, StateKind::kComposite, index_of(composite.id), composite.fingerprint,
                    sizeof(AlertState));
    RawWriter(room).put(composite.state);
  }
}

}  // namespace sluice::app
