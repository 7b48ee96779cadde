#pragma once
// Batches in which every form, mode and predictor of the format occurs, the same on every machine:
// what the golden constant, the other decoder and the fuzz corpus are made of.

#include <string>
#include <vector>

#include "chunk/rejected.hpp"
#include "chunk/value_form.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/reading.hpp"
#include "core/rollup.hpp"

namespace sluice::chunk {

struct ChannelSample {
  std::string name;
  std::vector<Reading> readings;
  ValueHint hint{};
};

// Each is one channel's.
std::vector<ChannelSample> reading_samples();
std::vector<Rejected> rejected_sample();
std::vector<Event> event_sample();
// An hour in windows of 1, 15 and 60 min; some without a good value, some below 0.
std::vector<Rollup> rollup_sample();

// As chunks, with keys, all of one stream.
std::vector<Chunk> raw_chunks(const std::vector<ChannelSample>& samples);

}  // namespace sluice::chunk
