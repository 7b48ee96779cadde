#include "config/wording.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <variant>

#include "core/check.hpp"

namespace sluice::config {
namespace {

// Enough for every name and path that is meant seriously.
constexpr std::size_t kShownMax = 80;

struct Finding {
  std::string operator()(const std::string& text) const { return "the text " + in_quotes(text); }
  std::string operator()(std::int64_t number) const {
    return "the integer " + std::to_string(number);
  }
  std::string operator()(double number) const { return "the number " + text_of(number); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(const Moment&) const { return "a date or time"; }
  std::string operator()(const Array& array) const {
    return array.empty() ? "an empty list" : "a list of " + std::to_string(array.size());
  }
  std::string operator()(const Table&) const { return "a table"; }
};

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    // Cut before a character, never inside one: UTF-8 goes on with 10xxxxxx.
    if (shown.size() >= kShownMax && (byte & 0xC0U) != 0x80U) return shown + "...";
    shown += byte < 0x20U || byte == 0x7FU ? '?' : c;
  }
  return shown;
}

std::string in_quotes(std::string_view text) {
  return '"' + printable(text) + '"';
}

std::string text_of(double number) {
  // Room for 17 digits and the zeros before or behind them.
  std::array<char, 40> digits{};
  const double size = std::abs(number);
  const bool is_plain = size == 0.0 || (size >= 1e-6 && size < 1e15);
  const std::to_chars_result end =
      is_plain ? std::to_chars(digits.data(), digits.data() + digits.size(), number,
                               std::chars_format::fixed)
               : std::to_chars(digits.data(), digits.data() + digits.size(), number);
  CHECK(end.ec == std::errc());
  return {digits.data(), end.ptr};
}

std::string found(const Node& node) {
  return std::visit(Finding{}, node.value);
}

std::string either(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += in_quotes(names[i]);
  }
  return text;
}

}  // namespace sluice::config
