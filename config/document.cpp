#include "config/document.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

// toml++ 3.3 asserts that the key of a header begins with a letter, which "[=]" in a file denies.
// It handles the case right behind the assertion, but a debug build would stop there, and without
// assertions it tells the compiler to rely on them. So they are on, and do nothing.
#undef NDEBUG
#define TOML_ASSERT(condition) static_assert(true)
// Errors as values, nothing that writes TOML, and a depth that no honest file comes near.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

#include "core/check.hpp"

namespace sluice::config {
namespace {

// toml++ 3.3 bounds the nesting of values but not the parts of a dotted key, and walks its tree
// recursively: one long key could exhaust the stack.
constexpr std::size_t kKeyPartsMax = 16;

// Index after the string that begins at text[begin], or of the line's end if it has no end.
std::size_t skip_string(std::string_view text, std::size_t begin) {
  const std::string_view quote = text.substr(begin, 1);
  const std::string triple(3, quote[0]);
  const bool block = text.substr(begin, 3) == triple;
  const std::string_view end = block ? std::string_view(triple) : quote;
  for (std::size_t at = begin + end.size(); at < text.size(); ++at) {
    if (text[at] == '\\' && quote == "\"") {
      ++at;
    } else if (text[at] == '\n' && !block) {
      return at;
    } else if (text.substr(at, end.size()) == end) {
      at += end.size();
      // Up to two more quotes belong to the string before its end.
      for (int more = 0; block && more < 2 && text.substr(at, 1) == quote; ++more) ++at;
      return at;
    }
  }
  return text.size();
}

// Where a key has more than kKeyPartsMax parts. A text that is not TOML may mislead this, but only
// behind the place where the parser stops.
std::optional<Position> find_deep_key(std::string_view text) {
  Position position;
  std::size_t line_begin = 0;
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      const std::size_t end = skip_string(text, at);
      for (; at < end; ++at) {
        if (text[at] != '\n') continue;
        ++position.line;
        line_begin = at + 1;
      }
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '.' && ++dots >= kKeyPartsMax) {
      position.column = static_cast<std::uint32_t>(at - line_begin + 1);
      return position;
    }
    if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) dots = 0;
    ++at;
    if (c == '\n') {
      ++position.line;
      line_begin = at;
    }
  }
  return std::nullopt;
}

Position position_of(const toml::source_region& source) {
  return Position{.line = source.begin.line, .column = source.begin.column};
}

Node convert(const toml::node& node);

Table convert_table(const toml::table& table) {
  Table entries;
  entries.reserve(table.size());
  for (const auto& [key, node] : table) {
    entries.push_back(Entry{.key = std::string(key.str()),
                            .position = position_of(key.source()),
                            .node = convert(node)});
  }
  std::ranges::sort(entries, {}, &Entry::position);
  return entries;
}

Node convert(const toml::node& node) {
  Node out{.position = position_of(node.source()), .value = Moment{}};
  switch (node.type()) {
    case toml::node_type::table:
      out.value = convert_table(*node.as_table());
      break;
    case toml::node_type::array: {
      Array array;
      array.reserve(node.as_array()->size());
      for (const toml::node& element : *node.as_array()) array.push_back(convert(element));
      out.value = std::move(array);
      break;
    }
    case toml::node_type::string:
      out.value = node.as_string()->get();
      break;
    case toml::node_type::integer:
      out.value = node.as_integer()->get();
      break;
    case toml::node_type::floating_point:
      out.value = node.as_floating_point()->get();
      break;
    case toml::node_type::boolean:
      out.value = node.as_boolean()->get();
      break;
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      break;
    case toml::node_type::none:
      CHECK(false);
  }
  return out;
}

// The library's words, without the parts that only its own developers need.
std::string wording_of(std::string_view description) {
  constexpr std::string_view kOpening = "Error while parsing ";
  if (description.starts_with(kOpening)) description.remove_prefix(kOpening.size());
  description = description.substr(0, description.find(" (TOML_"));
  return "not TOML: " + std::string(description);
}

}  // namespace

std::variant<Table, SyntaxError> read_document(std::string_view toml) {
  if (const std::optional<Position> deep = find_deep_key(toml)) {
    return SyntaxError{*deep, "a key of too many parts; no key here has more than 2"};
  }
  const toml::parse_result result = toml::parse(toml);
  if (!result) {
    return SyntaxError{position_of(result.error().source()),
                       wording_of(result.error().description())};
  }
  return convert_table(result.table());
}

}  // namespace sluice::config
