#pragma once
// A source file as the tidy rules see it, and what a rule says about it. Only read_tree() touches
// the disk; a rule is a function over text, so that its test can plant a violation.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::tidy {

struct File {
  std::string path;  // from the repository root
  std::string text;
};

struct Source {
  std::string path;
  std::vector<std::string> lines;  // as written
  std::vector<std::string> code;   // the same lines, comments and insides of literals blanked
};
Source parse(const File& file);

struct Include {
  std::size_t line = 0;  // from 1
  std::string name;      // without its brackets or quotes
  bool quoted = false;
};
std::vector<Include> includes_of(const Source& source);

struct Finding {
  std::string path;
  std::size_t line = 0;  // from 1
  std::string what;      // the rule, and what to do instead
};
using Findings = std::vector<Finding>;

// Everything of the repository that the rules look at.
struct Tree {
  std::vector<File> sources;         // .hpp and .cpp of our folders and tests/
  std::vector<File> builds;          // CMakeLists.txt and *.cmake
  std::vector<std::string> scripts;  // paths of the *.py among the tests
};
Tree read_tree(const std::filesystem::path& root);

// The folders of design order, lowest first; tests/ is not among them.
std::vector<std::string> folders();

std::string folder_of(std::string_view path);     // "hal/clock.hpp" -> "hal"
std::string file_name_of(std::string_view path);  // "hal/clock.hpp" -> "clock.hpp"
bool is_header(std::string_view path);
bool is_test(std::string_view path);

// Whether `word` is in the line, and not as a part of a longer identifier.
bool has_word(std::string_view line, std::string_view word);

}  // namespace sluice::tidy
