#include "config/problem_list.hpp"

#include <algorithm>
#include <utility>

namespace sluice::config {

void ProblemList::add(Position position, std::string key, std::string message) {
  Problem problem{.file = file_,
                  .line = position.line,
                  .column = position.column,
                  .key = std::move(key),
                  .message = std::move(message)};
  const auto place =
      std::ranges::upper_bound(problems_, std::pair(problem.line, problem.column), {},
                               [](const Problem& p) { return std::pair(p.line, p.column); });
  problems_.insert(place, std::move(problem));
  if (problems_.size() > kProblemsMax) problems_.pop_back();
}

std::string Problem::text() const {
  std::string text = file;
  if (line != 0) text += ':' + std::to_string(line) + ':' + std::to_string(column);
  if (!key.empty()) text += ": " + key;
  return text + ": " + message;
}

}  // namespace sluice::config
