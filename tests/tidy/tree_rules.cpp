#include "tests/tidy/tree_rules.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::tidy {
namespace {

bool exists(const Tree& tree, std::string_view path) {
  return std::any_of(tree.sources.begin(), tree.sources.end(),
                     [&](const File& source) { return source.path == path; }) ||
         std::find(tree.scripts.begin(), tree.scripts.end(), path) != tree.scripts.end();
}

bool is_excepted(std::string_view path, std::span<const TestedBy> exceptions) {
  return std::any_of(exceptions.begin(), exceptions.end(),
                     [&](const TestedBy& exception) { return exception.source == path; });
}

std::string test_of(std::string_view path) {
  return "tests/" + std::string(path.substr(0, path.rfind('.'))) + "_test.cpp";
}

// Whether a build file names the source: by its path from the root, or, standing in the same
// folder or one above, by its path from there.
bool names(const Source& build, const std::string& path) {
  const std::string folder = build.path.substr(0, build.path.rfind('/') + 1);
  const std::string local = path.starts_with(folder) ? path.substr(folder.size()) : path;
  return std::any_of(build.lines.begin(), build.lines.end(), [&](const std::string& line) {
    const std::string code = line.substr(0, line.find('#'));
    return has_word(code, local) || has_word(code, path);
  });
}

}  // namespace

Findings sources_without_test(const Tree& tree, std::span<const TestedBy> exceptions) {
  Findings findings;
  for (const File& source : tree.sources) {
    if (is_test(source.path) || is_header(source.path)) continue;
    if (is_excepted(source.path, exceptions) || exists(tree, test_of(source.path))) continue;
    findings.push_back({source.path, 1, "has no " + test_of(source.path)});
  }
  for (const auto& [source, test] : exceptions) {
    if (!exists(tree, source) || exists(tree, test_of(source))) {
      findings.push_back({std::string(source), 1, "needs no exception any more"});
    } else if (!exists(tree, test)) {
      findings.push_back({std::string(source), 1, "has no " + std::string(test)});
    }
  }
  return findings;
}

Findings sources_not_built(const Tree& tree) {
  Findings findings;
  std::vector<Source> builds;
  for (const File& build : tree.builds) builds.push_back(parse(build));
  for (const File& source : tree.sources) {
    if (is_header(source.path)) continue;
    const bool built = std::any_of(builds.begin(), builds.end(),
                                   [&](const Source& build) { return names(build, source.path); });
    if (!built) findings.push_back({source.path, 1, "is in no CMakeLists.txt"});
  }
  return findings;
}

}  // namespace sluice::tidy
