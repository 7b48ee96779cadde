#include "hal/buses/modbus_bus.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace sluice::hal::modbus {

void Bus::want(const Stretch& stretch, Instant now) {
  if (now != round_) {
    now_wanted_.clear();
    round_ = now;
    planned_ = false;
  }
  const auto place = std::lower_bound(now_wanted_.begin(), now_wanted_.end(), stretch);
  if (place == now_wanted_.end() || *place != stretch) now_wanted_.insert(place, stretch);
}

// Only what has changed is planned anew, so that what was read stays.
void Bus::plan() {
  if (planned_) return;
  planned_ = true;
  if (wanted_ == now_wanted_) return;
  wanted_ = now_wanted_;
  blocks_.clear();
  for (Block& block : blocks_of(wanted_, {})) blocks_.push_back({.block = std::move(block)});
}

Bus::Kept& Bus::block_with(const Stretch& stretch) {
  const auto found = std::find_if(blocks_.begin(), blocks_.end(), [&](const Kept& kept) {
    const std::vector<Stretch>& parts = kept.block.parts;
    return std::binary_search(parts.begin(), parts.end(), stretch);
  });
  CHECK(found != blocks_.end());
  return *found;
}

bool Bus::serves(const Kept& kept, const Asker& asker, Instant now) {
  if (!kept.outcome || now - kept.back > asker.period / 2) return false;
  // Who asks again after a failure wants it tried again.
  return kept.outcome->ok() || kept.asked_by != asker.who;
}

void Bus::keep(Kept& asked, const Answer& answer, const Asker& asker, Instant back) {
  const auto concerns = [&](const Kept& other) {
    if (&other == &asked) return true;
    if (answer.words.ok() || answer.reach == Reach::kBlock) return false;
    if (answer.reach == Reach::kUnit && other.block.whole.unit != asked.block.whole.unit) {
      return false;
    }
    // What came in just before is none the worse.
    return !(other.outcome && other.outcome->ok() && back - other.back <= asker.period / 2);
  };
  for (Kept& kept : blocks_) {
    if (!concerns(kept)) continue;
    kept.outcome = answer.words;
    kept.back = back;
    kept.asked_by = asker.who;
  }
}

Result<std::vector<std::uint16_t>> Bus::read(const Stretch& stretch, const Asker& asker,
                                             Instant now) {
  plan();
  Duration took{};
  // A block that is refused is cut and a piece of it asked for, which ends with blocks of one part.
  for (;;) {
    Kept& kept = block_with(stretch);
    if (!serves(kept, asker, now)) {
      const Answer answer = client_->read(kept.block.whole, asker.timeout);
      took += answer.took;
      keep(kept, answer, asker, now + took);
      const std::vector<Stretch> cuts = cuts_of(kept.block);
      if (answer.no_such && !cuts.empty()) {
        std::vector<Block> pieces = blocks_of(kept.block.parts, cuts);
        blocks_.erase(blocks_.begin() + (&kept - blocks_.data()));
        for (Block& piece : pieces) blocks_.push_back({.block = std::move(piece)});
        if (took > asker.timeout) return answer.words.error();
        continue;
      }
    }
    if (!kept.outcome->ok()) return kept.outcome->error();
    const auto begin = (*kept.outcome)->begin() + (stretch.first - kept.block.whole.first);
    return std::vector<std::uint16_t>(begin, begin + stretch.count);
  }
}

}  // namespace sluice::hal::modbus
