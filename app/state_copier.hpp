#pragma once
// Copies what the rules of a plan remember, for a checkpoint: in slices, so that no step of the
// real-time loop takes noticeably longer. Owned by the real-time thread; allocates nothing.
//
// States are of different ticks then. That is no harm: each is whole, and which alerts are active
// is told by the records of their steps.

#include <cstddef>
#include <memory>

#include "app/checkpoint.hpp"
#include "app/plan.hpp"
#include "core/ring.hpp"
#include "core/time.hpp"

namespace sluice::app {

// Empty copies to be filled, and filled ones: one is under way at most.
struct StateCopies {
  static constexpr std::size_t kCopiesMax = 2;
  Ring<std::unique_ptr<StateCopy>> blank{kCopiesMax};   // storage -> loop
  Ring<std::unique_ptr<StateCopy>> filled{kCopiesMax};  // loop -> storage
};

class StateCopier {
 public:
  // A copy of so many bytes takes some 10 us, also out of a cold cache.
  static constexpr std::size_t kSliceBytes = 32 * 1024;

  // `copies` outlives it.
  explicit StateCopier(StateCopies& copies) : copies_(copies) {}

  // One slice, if a copy is asked for.
  void step(Plan& plan, Instant now);
  // Another plan: what was begun begins again.
  void restart() { place_ = 0; }

 private:
  // Everything that a slot, or a composite, remembers. Behind the slots come the composites.
  void copy_slot(const Slot& slot);
  void copy_composites(const AlertNetwork& network);

  StateCopies& copies_;
  std::unique_ptr<StateCopy> copy_;
  std::size_t place_ = 0;  // of the next slot, in the order of the plan
};

}  // namespace sluice::app
