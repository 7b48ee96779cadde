#pragma once
// Where the samples of a derived channel come from: a formula over the latest readings of other
// channels of the same plan. Made by the main thread; the real-time thread alone uses it then, and
// nothing here allocates.

#include <array>
#include <span>
#include <utility>
#include <vector>

#include "core/channel_pipeline.hpp"
#include "core/reading.hpp"
#include "hal/formula.hpp"

namespace sluice::app {

// The worse of two: good, suspect clock, out of range, stale, fault, missing.
Quality worse(Quality a, Quality b);

class Derivation {
 public:
  // `inputs` are the channels of formula.inputs(), in that order.
  Derivation(hal::Formula formula, std::vector<ChannelId> inputs);

  std::span<const ChannelId> inputs() const { return inputs_; }
  // Where their readings are. REQUIRES: one for each of inputs(), outliving this or the next
  // bind().
  void bind(std::vector<const ChannelPipeline*> sources);

  // Of the worst quality of the inputs; kFault when it is no number. The value of a fault or of
  // what is missing is 0: there is nothing to calculate with. REQUIRES: bind() before.
  Sample sample() noexcept;

 private:
  hal::Formula formula_;
  std::vector<ChannelId> inputs_;
  std::vector<const ChannelPipeline*> sources_;
  std::array<double, hal::Formula::kInputsMax> values_{};
};

}  // namespace sluice::app
