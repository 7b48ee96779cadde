#include "tests/tidy/function_length.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace sluice::tidy {
namespace {

constexpr std::size_t kFunctionLinesMax = 70;
// A brace after one of these opens a scope that functions stand in.
constexpr std::array<std::string_view, 6> kScopes{"namespace", "class", "struct",
                                                  "union",     "enum",  "TEST_GROUP"};

class FunctionCounter {
 public:
  explicit FunctionCounter(const Source& source) : source_(source) {}

  Findings run() && {
    for (line_ = 0; line_ < source_.code.size(); ++line_) {
      if (!is_directive(line_)) {
        for (column_ = 0; column_ < source_.code[line_].size(); ++column_) step();
        head_ += ' ';
      }
    }
    return std::move(findings_);
  }

 private:
  // Directives, and the further lines of a macro.
  bool is_directive(std::size_t line) const {
    if (source_.code[line].starts_with('#')) return true;
    return line > 0 && source_.code[line - 1].ends_with('\\') && is_directive(line - 1);
  }

  void step() {
    const char c = source_.code[line_][column_];
    if (c == '{') {
      if (depth_ == 0 && is_function(head_)) begin_ = line_;
      if (depth_ > 0 || is_function(head_)) ++depth_;
    } else if (c == '}' && depth_ > 0) {
      if (--depth_ == 0 && !ends_function()) {
        head_ = "()";
        return;
      }
    }
    if (depth_ > 0) return;
    if (c == ';' || c == '{' || c == '}') {
      head_.clear();
    } else {
      head_ += c;
    }
  }

  static bool is_function(std::string_view head) {
    const bool scope = std::any_of(kScopes.begin(), kScopes.end(),
                                   [&](std::string_view word) { return has_word(head, word); });
    return !scope && head.find(')') != head.npos;
  }

  // False after a member initialised with braces, before the body: `Clock() : start_{0}, end_{0} {`
  bool ends_function() {
    const char after = next_character();
    if (after == ',' || after == '{') return false;
    const std::size_t lines = line_ - begin_ + 1;
    if (lines > kFunctionLinesMax) {
      findings_.push_back({source_.path, begin_ + 1,
                           "function of " + std::to_string(lines) + " lines, 70 at most"});
    }
    return true;
  }

  char next_character() const {
    for (std::size_t line = line_, column = column_ + 1; line < source_.code.size(); ++line) {
      const std::size_t found = source_.code[line].find_first_not_of(' ', column);
      if (found != std::string::npos) return source_.code[line][found];
      column = 0;
    }
    return '\0';
  }

  const Source& source_;
  Findings findings_;
  std::string head_;  // what stands before the next brace, outside functions
  std::size_t line_ = 0;
  std::size_t column_ = 0;
  std::size_t depth_ = 0;  // of braces, from the function's own on
  std::size_t begin_ = 0;
};

}  // namespace

Findings functions_too_long(const Source& source) {
  return FunctionCounter(source).run();
}

}  // namespace sluice::tidy
