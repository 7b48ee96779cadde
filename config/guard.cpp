#include "config/guard.hpp"

#include <cstddef>
#include <string>

namespace sluice::config {
namespace {

constexpr std::size_t kKeyPartsMax = 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80U;
}

// UTF-8 goes on with 10xxxxxx.
bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

class Guard {
 public:
  explicit Guard(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  std::optional<SyntaxError> find() {
    while (!at_end()) {
      const char c = current();
      if (c == '#') {
        while (!at_end() && current() != '\n') step();
      } else if (c == '"' || c == '\'') {
        if (begins_block(c)) return error("a text of several lines; no key takes one");
        skip_text(c);
      } else if (!is_ascii(c)) {
        return error("not TOML: a character beyond ASCII outside of quotes");
      } else {
        if (c == '.' && ++dots_ >= kKeyPartsMax) {
          return error("a key of too many parts; no key here has more than 2");
        }
        if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) dots_ = 0;
        step();
      }
    }
    return std::nullopt;
  }

 private:
  bool at_end() const { return at_ == text_.size(); }
  char current() const { return text_[at_]; }
  void step() {
    if (current() == '\n') {
      position_ = {.line = position_.line + 1, .column = 1};
    } else if (at_ + 1 == text_.size() || begins_character(text_[at_ + 1])) {
      ++position_.column;
    }
    ++at_;
  }

  bool begins_block(char quote) const {
    return text_.size() - at_ >= 3 && text_[at_ + 1] == quote && text_[at_ + 2] == quote;
  }
  // To behind its end, or to the end of the line if it has none.
  void skip_text(char quote) {
    step();
    while (!at_end() && current() != '\n') {
      const char c = current();
      step();
      if (c == quote) return;
      const bool escapes = c == '\\' && quote == '"';
      if (escapes && !at_end() && current() != '\n') step();
    }
  }

  SyntaxError error(std::string_view message) const {
    return {.position = position_, .message = std::string(message)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Position position_;
  std::size_t dots_ = 0;  // since a key may have begun
};

}  // namespace

std::optional<SyntaxError> find_harm(std::string_view toml) {
  return Guard(toml).find();
}

}  // namespace sluice::config
