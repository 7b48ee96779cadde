#include "config/document.hpp"

#include <algorithm>
#include <optional>
#include <utility>

// toml++ 3.3 asserts what a text can deny, such as that a header holds a key ("[=]"). It handles
// the case right behind the assertion, but a debug build would stop there, and without assertions
// it tells the compiler to rely on them. So they are on, and do nothing.
#undef NDEBUG
#define TOML_ASSERT(condition) static_assert(true)
// Errors as values, nothing that writes TOML, and a depth that no honest file comes near.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

#include "config/guard.hpp"
#include "core/check.hpp"

namespace sluice::config {
namespace {

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
  if (std::optional<SyntaxError> harm = find_harm(toml)) return *std::move(harm);
  const toml::parse_result result = toml::parse(toml);
  if (!result) {
    return SyntaxError{position_of(result.error().source()),
                       wording_of(result.error().description())};
  }
  return convert_table(result.table());
}

}  // namespace sluice::config
