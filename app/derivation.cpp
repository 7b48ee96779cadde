#include "app/derivation.hpp"

#include <cmath>
#include <cstddef>

#include "core/check.hpp"

namespace sluice::app {
namespace {

int rank_of(Quality quality) {
  switch (quality) {
    case Quality::kGood:
      return 0;
    case Quality::kSuspectClock:
      return 1;
    case Quality::kOutOfRange:
      return 2;
    case Quality::kStale:
      return 3;
    case Quality::kFault:
      return 4;
    case Quality::kMissing:
      return 5;
  }
  CHECK(false);
}

}  // namespace

Quality worse(Quality a, Quality b) {
  return rank_of(a) >= rank_of(b) ? a : b;
}

Derivation::Derivation(hal::Formula formula, std::vector<ChannelId> inputs)
    : formula_(std::move(formula)), inputs_(std::move(inputs)) {
  CHECK(inputs_.size() == formula_.inputs().size());
}

void Derivation::bind(std::vector<const ChannelPipeline*> sources) {
  CHECK(sources.size() == inputs_.size());
  sources_ = std::move(sources);
}

Sample Derivation::sample() noexcept {
  CHECK(sources_.size() == inputs_.size());
  Quality quality = Quality::kGood;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Reading& reading = sources_[i]->latest();
    quality = worse(quality, reading.quality);
    values_[i] = reading.value;
  }
  if (quality == Quality::kFault || quality == Quality::kMissing) return {0.0, quality};
  const double value = formula_.evaluate(std::span(values_).first(sources_.size()));
  if (!std::isfinite(value)) return {value, Quality::kFault};
  return {value, quality};
}

}  // namespace sluice::app
