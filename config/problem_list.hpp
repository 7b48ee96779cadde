#pragma once
// The mistakes of one file while it is being read. Owned by the parser of that file.

#include <string>
#include <string_view>
#include <utility>

#include "config/document.hpp"
#include "config/parse.hpp"

namespace sluice::config {

class ProblemList {
 public:
  explicit ProblemList(std::string_view file_name) : file_(file_name) {}

  std::string_view file_name() const { return file_; }

  // In any order. Keeps the first kProblemsMax by position.
  void add(Position position, std::string key, std::string message);

  bool empty() const { return problems_.empty(); }
  Problems take() { return std::move(problems_); }  // sorted by position

 private:
  std::string file_;
  Problems problems_;
};

}  // namespace sluice::config
