#include "config/expectation.hpp"

#include <algorithm>
#include <charconv>
#include <variant>

#include "config/wording.hpp"
#include "core/check.hpp"

namespace sluice::config {
namespace {

bool is_textual(Type type) {
  return type == Type::kText || type == Type::kId || type == Type::kName || type == Type::kPath ||
         type == Type::kBroker || type == Type::kChoice;
}

bool reads_as_number(std::string_view text) {
  double number = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

// What to do about a value of the wrong type, when its form shows what was meant.
std::string_view remedy(Type wanted, const Node& node) {
  const bool is_number = std::holds_alternative<std::int64_t>(node.value) ||
                         std::holds_alternative<double>(node.value);
  if (is_number && (wanted == Type::kDuration || wanted == Type::kSize || wanted == Type::kRate)) {
    return "; write it with its unit, in quotes";
  }
  if (is_textual(wanted) && (is_number || std::holds_alternative<bool>(node.value))) {
    return "; write it in quotes";
  }
  const auto* text = std::get_if<std::string>(&node.value);
  if (text == nullptr) return "";
  const bool bare =
      (wanted == Type::kFlag && (*text == "true" || *text == "false")) ||
      ((wanted == Type::kInteger || wanted == Type::kNumber) && reads_as_number(*text));
  return bare ? "; write it without quotes" : "";
}

// The path of a table without its numbers, as a header has it.
std::string header_of(std::string_view path) {
  std::string header;
  bool inside = false;
  for (const char c : path) {
    if (c == '[') inside = true;
    if (!inside) header += c;
    if (c == ']') inside = false;
  }
  return header;
}

// What follows "expected".
std::string expectation(const Key& key, std::string_view path) {
  switch (key.type) {
    case Type::kTable:
      return "a table, [" + header_of(path) + "]";
    case Type::kTables: {
      const std::string header = header_of(path);
      return "a list of tables, [[" + header + "]] or " + std::string(key.name) + " = [{...}]";
    }
    case Type::kText:
      return "a text in quotes";
    case Type::kId:
      return "an id in quotes";
    case Type::kName:
      return "a name in quotes";
    case Type::kPath:
      return "a path in quotes";
    case Type::kBroker:
      return "an address such as \"mqtt://localhost:1883\"";
    case Type::kFlag:
      return "true or false";
    case Type::kInteger:
      return "an integer";
    case Type::kNumber:
      return "a finite number";
    case Type::kDuration:
      return "a duration such as \"250ms\" or \"1h30m\"";
    case Type::kSize:
      return "a size such as \"64kB\" or \"512MiB\"";
    case Type::kChoice:
      return either(key.choices);
    case Type::kPair:
      return "two numbers, low before high, such as [0, 100]";
    case Type::kRate:
      return "a rate such as \"64kbit/s\"";
    case Type::kTexts:
      return "a list of texts, [\"...\", \"...\"]";
  }
  CHECK(false);
}

bool is_id_character(char c, Type type) {
  const bool alphanumeric =
      (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  return alphanumeric || c == '_' || c == '-' || (c == '.' && type == Type::kName);
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20U || byte == 0x7FU;
}

}  // namespace

std::string mismatch(const Key& key, std::string_view path, const Node& node) {
  return "expected " + expectation(key, path) + ", found " + found(node) +
         std::string(remedy(key.type, node));
}

std::string character_fault(Type type, std::string_view text) {
  const bool is_id = type == Type::kId || type == Type::kName;
  if (is_id && !std::ranges::all_of(text, [&](char c) { return is_id_character(c, type); })) {
    return in_quotes(text) + " is not " + (type == Type::kId ? "an id" : "a name") +
           "; use A-Z, a-z, 0-9, _" + (type == Type::kName ? ", . and -" : " and -");
  }
  if (std::ranges::any_of(text, is_control)) return in_quotes(text) + " has a control character";
  return {};
}

}  // namespace sluice::config
