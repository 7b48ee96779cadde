#pragma once
// What a key wants, and what is wrong with a value that does not give it, in words.

#include <string>
#include <string_view>

#include "config/document.hpp"
#include "config/keys.hpp"

namespace sluice::config {

// Of a value of another type: what was expected, what was found, and what to do if its form shows
// what was meant. `path` is the key's dotted path.
std::string mismatch(const Key& key, std::string_view path, const Node& node);

// Of the characters of a text; empty when nothing is wrong with them.
std::string character_fault(Type type, std::string_view text);

}  // namespace sluice::config
