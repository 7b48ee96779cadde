#include "tests/tidy/text_rules.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::tidy {
namespace {

constexpr std::size_t kColumnsMax = 100;
constexpr std::size_t kFileLinesMax = 400;
constexpr std::size_t kFunctionLinesMax = 70;

struct Banned {
  std::string_view word;
  std::string_view instead;
};
constexpr std::array kBanned{
    Banned{"new", "values, or std::make_unique"},
    Banned{"delete", "values, or std::unique_ptr"},
    Banned{"shared_ptr", "one owner: a value or std::unique_ptr"},
    Banned{"throw", "return a Result"},
    Banned{"using namespace", "name what is used"},
};
constexpr std::array<std::string_view, 7> kEmptyNames{"Manager", "Helper",  "Util",  "Data",
                                                      "Info",    "Handler", "Common"};
// The field's own word for a rule of alerts, not a name that says nothing.
constexpr std::string_view kNoData = "NoData";
constexpr std::array<std::string_view, 5> kTypeWords{"class", "struct", "enum", "union", "using"};
constexpr std::array<std::string_view, 10> kImpure{
    "::now",      "<thread>",  "<mutex>",      "<condition_variable>",
    "<iostream>", "<fstream>", "<filesystem>", "random_device",
    "getenv",     "sleep_for"};
constexpr std::array<std::string_view, 9> kImpatient{"sleep_for",
                                                     "sleep",
                                                     "usleep",
                                                     "nanosleep",
                                                     "clock_nanosleep",
                                                     "std::this_thread::sleep_until",
                                                     "system_clock::now",
                                                     "steady_clock::now",
                                                     "clock_gettime"};

// One finding per line for which `what(line)` is not empty.
template <typename What>
Findings find_lines(const Source& source, const std::vector<std::string>& lines, What what) {
  Findings findings;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string found = what(std::string_view(lines[i]));
    if (!found.empty()) findings.push_back({source.path, i + 1, std::move(found)});
  }
  return findings;
}

std::string without(std::string_view line, std::string_view what) {
  std::string rest(line);
  for (std::size_t at = rest.find(what); at != std::string::npos; at = rest.find(what)) {
    rest.erase(at, what.size());
  }
  return rest;
}

std::size_t columns_of(std::string_view line) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  return line.size() - static_cast<std::size_t>(std::count_if(line.begin(), line.end(), continues));
}

// The identifier that follows `word` in the line; for an enum class the one after both words.
std::string name_after(std::string_view line, std::string_view word) {
  const std::size_t at = line.find(word);
  if (!has_word(line, word)) return {};
  std::string_view rest = line.substr(at + word.size());
  if (rest.starts_with(" class ")) rest.remove_prefix(6);
  const std::size_t begin = rest.find_first_not_of(' ');
  if (begin == rest.npos) return {};
  rest.remove_prefix(begin);
  return std::string(rest.substr(0, rest.find_first_of(" :;{<=(")));
}

std::string empty_name_in(std::string_view line) {
  for (const std::string_view word : kTypeWords) {
    const std::string name = name_after(line, word);
    if (name == kNoData) continue;
    for (const std::string_view empty : kEmptyNames) {
      if (name.ends_with(empty) || name.ends_with(std::string(empty) + "s")) return name;
    }
  }
  return {};
}

}  // namespace

Findings file_names_not_snake_case(const Source& source) {
  const std::string name = file_name_of(source.path);
  const std::string stem = name.substr(0, name.rfind('.'));
  const bool snake = stem.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == stem.npos;
  if (snake) return {};
  return {{source.path, 1, "file names are snake_case"}};
}

Findings headers_without_introduction(const Source& source) {
  if (!is_header(source.path)) return {};
  if (source.lines.empty() || source.lines[0] != "#pragma once") {
    return {{source.path, 1, "a header begins with #pragma once"}};
  }
  if (source.lines.size() < 2 || !source.lines[1].starts_with("// ")) {
    return {{source.path, 2, "after #pragma once a comment says what this is"}};
  }
  return {};
}

Findings lines_too_long(const Source& source) {
  return find_lines(source, source.lines, [](std::string_view line) -> std::string {
    return columns_of(line) > kColumnsMax ? "longer than 100 columns" : "";
  });
}

Findings files_too_long(const Source& source) {
  if (is_test(source.path) || source.lines.size() <= kFileLinesMax) return {};
  return {{source.path, kFileLinesMax + 1, "longer than 400 lines: two concepts?"}};
}

Findings namespaces_without_end(const Source& source) {
  constexpr std::string_view kBegin = "namespace ";
  constexpr std::string_view kEnd = "}  // namespace";
  Findings findings;
  std::vector<std::pair<std::size_t, std::string>> open;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    const std::string_view line = source.lines[i];
    if (source.code[i].starts_with(kBegin) && line.ends_with("{")) {
      const std::string_view name = line.substr(kBegin.size(), line.size() - kBegin.size() - 1);
      open.emplace_back(i + 1, name.empty() ? "" : " " + without(name, " "));
    } else if (!open.empty() && line.starts_with('}')) {
      const bool named = line.starts_with(kEnd) && line.substr(kEnd.size()) == open.back().second;
      const bool one_line_inside = i + 1 == open.back().first + 2;
      if (named || one_line_inside) open.pop_back();
    }
  }
  for (const auto& [line, name] : open) {
    findings.push_back({source.path, line, "no \"" + std::string(kEnd) + name + "\" at its end"});
  }
  return findings;
}

Findings unfinished_work(const Source& source) {
  return find_lines(source, source.lines, [](std::string_view line) -> std::string {
    // Written in two parts, or this file would find itself.
    const bool found = has_word(line,
                                "TO"
                                "DO") ||
                       has_word(line,
                                "FIX"
                                "ME");
    return found ? "do it, or open an issue" : "";
  });
}

Findings banned_words(const Source& source) {
  return find_lines(source, source.code, [&](std::string_view line) -> std::string {
    if (line.starts_with('#')) return {};
    std::string rest = without(line, "= delete");
    // Literals cannot be named one by one; a test stands outside the namespaces that it is about.
    if (!is_header(source.path)) {
      rest = without(
          rest, is_test(source.path) ? "using namespace" : "using namespace std::chrono_literals");
    }
    for (const auto& [word, instead] : kBanned) {
      if (has_word(rest, word)) return "no " + std::string(word) + ": " + std::string(instead);
    }
    return {};
  });
}

Findings empty_names(const Source& source) {
  return find_lines(source, source.code, [](std::string_view line) -> std::string {
    const std::string name = empty_name_in(line);
    return name.empty() ? "" : name + ": a name that says what it is";
  });
}

Findings mutexes_without_reason(const Source& source) {
  Findings findings;
  for (std::size_t i = 0; i < source.code.size(); ++i) {
    // A lock names its mutex type in angle brackets; only the mutex itself is followed by a name.
    if (source.code[i].find("mutex ") == std::string::npos || !has_word(source.code[i], "mutex"))
      continue;
    const auto says_why = [&](std::size_t line) {
      return source.lines[line].find("//") != std::string::npos;
    };
    if (says_why(i) || (i > 0 && says_why(i - 1))) continue;
    findings.push_back({source.path, i + 1, "a mutex needs its reason in a comment"});
  }
  return findings;
}

Findings impure_core(const Source& source) {
  if (folder_of(source.path) != "core") return {};
  return find_lines(source, source.code, [](std::string_view line) -> std::string {
    for (const std::string_view word : kImpure) {
      if (has_word(line, word))
        return "no " + std::string(word) + " in core/: it is given what it needs";
    }
    return {};
  });
}

Findings impatient_unit_tests(const Source& source) {
  const std::vector<std::string> names = folders();
  const std::string folder = is_test(source.path) ? folder_of(source.path.substr(6)) : "";
  if (std::find(names.begin(), names.end(), folder) == names.end()) return {};
  return find_lines(source, source.code, [](std::string_view line) -> std::string {
    for (const std::string_view word : kImpatient) {
      if (has_word(line, word))
        return "no " + std::string(word) + " in a unit test: give it the time";
    }
    return {};
  });
}

}  // namespace sluice::tidy
