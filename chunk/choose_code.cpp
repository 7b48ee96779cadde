#include "chunk/choose_code.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace sluice::chunk {
namespace {

using Residuals = std::span<const std::uint64_t>;

// The shortest of the codes tried so far.
class Search {
 public:
  explicit Search(Residuals residuals) : residuals_(residuals) {}

  void offer(ResidualCode code) {
    if (code.level > kLevelMax) return;
    const std::size_t bits = residual_bits(residuals_, code);
    if (bits >= least_) return;
    best_ = code;
    least_ = bits;
  }
  ResidualCode best() const { return best_; }

 private:
  Residuals residuals_;
  ResidualCode best_;
  std::size_t least_ = std::numeric_limits<std::size_t>::max();
};

bool is_mostly_zero(Residuals residuals) {
  const auto zeros = std::count(residuals.begin(), residuals.end(), std::uint64_t{0});
  return 2 * static_cast<std::size_t>(zeros) > residuals.size();
}

// The level that the first few that are not zero have.
unsigned level_of_strays(Residuals residuals) {
  constexpr std::size_t kSamples = 32;
  std::vector<std::uint64_t> strays;
  for (const std::uint64_t residual : residuals) {
    if (residual == 0) continue;
    strays.push_back(residual);
    if (strays.size() == kSamples) break;
  }
  return level_of(strays);
}

}  // namespace

ResidualCode choose_code(Residuals residuals) {
  const unsigned level = level_of(residuals);
  const bool is_short = residuals.size() <= kShortColumn;
  const bool is_sparse = is_mostly_zero(residuals);
  // A long column soon finds its level itself.
  if (!is_short && !is_sparse) return {level};
  Search search(residuals);
  search.offer({level});
  if (is_short) {
    search.offer({level - 1});
    search.offer({level + 1});
  }
  if (is_sparse) search.offer({level_of_strays(residuals), true});
  return search.best();
}

}  // namespace sluice::chunk
