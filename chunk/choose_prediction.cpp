#include "chunk/choose_prediction.hpp"

#include <cstddef>
#include <initializer_list>
#include <limits>
#include <optional>

#include "chunk/choose_code.hpp"
#include "chunk/linear_fit.hpp"

namespace sluice::chunk {
namespace {

// What most of the integers are, if most are the same.
std::int64_t majority_of(Integers integers) {
  std::int64_t candidate = integers.front();
  std::size_t votes = 0;
  for (const std::int64_t integer : integers) {
    if (votes == 0) candidate = integer;
    integer == candidate ? ++votes : --votes;
  }
  return candidate;
}

// Mean step, in units of the drift.
std::int64_t drift_of(Integers integers) {
  const std::int64_t span = wrapping_difference(integers.back(), integers.front());
  const auto steps = static_cast<std::int64_t>(integers.size() - 1);
  constexpr std::int64_t kUnit = std::int64_t{1} << Level::kDriftFraction;
  return wrapping_product(span, kUnit) / steps;
}

std::uint64_t size_of(std::int64_t number) {
  return number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
}

// Whether the column goes somewhere: a quarter of all its way at least.
bool is_steep(Integers integers) {
  std::uint64_t way = 0;
  for (std::size_t i = 1; i < integers.size(); ++i) {
    way += size_of(wrapping_difference(integers[i], integers[i - 1])) / 4;
  }
  return size_of(wrapping_difference(integers.back(), integers.front())) > way;
}

std::size_t residual_lengths(Integers integers, const Prediction& prediction) {
  std::size_t bits = 0;
  visit(prediction, integers.front(), [&](auto predictor) {
    for (const std::int64_t integer : integers.subspan(1)) {
      bits += length_of(residual_of(predictor, integer));
      predictor.add(integer);
    }
  });
  return bits;
}

// About what the residuals take: an adaptive code gives each little more than its own length. Of a
// long column two pieces speak for the whole.
std::size_t estimate(Integers integers, const Prediction& prediction) {
  constexpr std::size_t kPiece = 128;
  const std::size_t count = integers.size();
  if (count <= 2 * kPiece) return residual_lengths(integers, prediction);
  const std::size_t early = residual_lengths(integers.subspan(count / 8, kPiece), prediction);
  const std::size_t late =
      residual_lengths(integers.subspan(count - count / 8 - kPiece, kPiece), prediction);
  return (early + late) * count / (2 * kPiece);
}

// Exact for a short column, unless it reaches `enough`: any code takes what the residuals' own
// lengths are at least, and mostly these settle it.
std::size_t cost_of(Integers integers, const Prediction& prediction, std::size_t enough) {
  BitCounter counter;
  put_prediction(counter, prediction);
  if (integers.size() > kShortColumn) return counter.bits() + estimate(integers, prediction);
  const std::size_t least = counter.bits() + residual_lengths(integers, prediction);
  if (least >= enough) return least;
  const std::vector<std::uint64_t> residuals = residuals_of(integers, prediction);
  return counter.bits() + residual_bits(residuals, choose_code(residuals));
}

// The best of the predictors tried so far.
class Search {
 public:
  explicit Search(Integers integers) : integers_(integers) {}

  // Whether it is better than those before.
  bool offer(const Prediction& candidate) {
    const std::size_t cost = cost_of(integers_, candidate, cost_);
    if (cost >= cost_) return false;
    best_ = candidate;
    cost_ = cost;
    return true;
  }
  // A list of kinds, up to the first that is no better than those before.
  void climb(std::initializer_list<Kind> kinds, std::int64_t parameter = 0) {
    for (const Kind kind : kinds) {
      if (!offer({kind, parameter})) return;
    }
  }

  const Prediction& best() const { return best_; }
  std::size_t cost() const { return cost_; }

 private:
  Integers integers_;
  Prediction best_;
  std::size_t cost_ = std::numeric_limits<std::size_t>::max();
};

Prediction choose_short(Integers integers) {
  Search search(integers);
  for (const Kind kind : {Kind::kLast, Kind::kLevel, Kind::kLevel1, Kind::kLevel2, Kind::kLevel3,
                          Kind::kLevel4, Kind::kLine, Kind::kParabola}) {
    search.offer({kind});
  }
  search.offer({Kind::kBase, majority_of(integers)});
  if (const std::int64_t drift = drift_of(integers); drift != 0) {
    for (const Kind kind :
         {Kind::kDrift0, Kind::kDrift1, Kind::kDrift2, Kind::kDrift3, Kind::kDrift4}) {
      search.offer({kind, drift});
    }
  }
  return search.best();
}

// Not all are tried: memory, order and drift are each climbed only as long as they help.
Prediction choose_long(Integers integers) {
  Search search(integers);
  search.offer({Kind::kLast});
  if (search.offer({Kind::kLevel2})) search.climb({Kind::kLevel3, Kind::kLevel4, Kind::kLevel});
  search.offer({Kind::kLevel1});
  search.climb({Kind::kLine, Kind::kParabola});
  search.offer({Kind::kBase, majority_of(integers)});
  if (const std::int64_t drift = drift_of(integers); drift != 0 && is_steep(integers)) {
    search.offer({Kind::kDrift0, drift});
    search.climb({Kind::kDrift2, Kind::kDrift3, Kind::kDrift4}, drift);
    search.offer({Kind::kDrift1, drift});
  }
  // What takes one bit an integer has no room for weights.
  if (search.cost() > integers.size()) {
    if (const std::optional<LinearModel> model = fit_linear(integers)) {
      search.offer({Kind::kLinear, 0, *model});
    }
  }
  return search.best();
}

}  // namespace

Prediction choose_prediction(Integers integers) {
  return integers.size() <= kShortColumn ? choose_short(integers) : choose_long(integers);
}

}  // namespace sluice::chunk
