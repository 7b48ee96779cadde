#include "config/suggest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "config/wording.hpp"

namespace sluice::config {
namespace {

constexpr std::size_t kErrorsMax = 2;

}  // namespace

std::size_t typing_errors(std::string_view a, std::string_view b) {
  // Rows of the usual table, one per letter of `a`: two back, one back, this one.
  std::vector<std::size_t> older(b.size() + 1);
  std::vector<std::size_t> old(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(older, old);
    std::swap(old, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({old[j] + 1, row[j - 1] + 1, old[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], older[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_errors = kErrorsMax + 1;
  for (const std::string_view candidate : known) {
    // A difference in length costs at least as many errors; this also bounds the work.
    if (candidate.size() > name.size() + kErrorsMax) continue;
    if (name.size() > candidate.size() + kErrorsMax) continue;
    const std::size_t errors = typing_errors(name, candidate);
    if (errors < best_errors && errors * 2 < candidate.size()) {
      best = candidate;
      best_errors = errors;
    }
  }
  return best;
}

std::string suggestion(std::string_view name, std::span<const std::string_view> known) {
  const std::string_view meant = nearest(name, known);
  return meant.empty() ? std::string() : "; did you mean " + in_quotes(meant) + "?";
}

}  // namespace sluice::config
