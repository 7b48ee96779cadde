#pragma once
// A TOML text as a tree of plain values that know where they stand. The library that reads TOML
// stays behind this: only config/document.cpp sees it.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::config {

// Both count from 1.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  auto operator<=>(const Position&) const = default;
};

struct Node;
struct Entry;
using Array = std::vector<Node>;
using Table = std::vector<Entry>;  // keys are unique; by position

// A date, a time of day or both: TOML has them, no key here takes one.
struct Moment {};

struct Node {
  Position position;
  std::variant<std::string, std::int64_t, double, bool, Moment, Array, Table> value;
};

struct Entry {
  std::string key;
  Position position;  // of the key
  Node node;
};

struct SyntaxError {
  Position position;
  std::string message;
};

// Takes any bytes. The depth of the tree is bounded, whatever the text says.
std::variant<Table, SyntaxError> read_document(std::string_view toml);

}  // namespace sluice::config
