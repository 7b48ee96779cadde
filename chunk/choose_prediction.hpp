#pragma once
// The predictor that leaves the least over for a column of integers. The encoder's alone: whatever
// it chooses, the decoder is told.

#include "chunk/prediction.hpp"

namespace sluice::chunk {

// REQUIRES: two integers at least.
Prediction choose_prediction(Integers integers);

}  // namespace sluice::chunk
