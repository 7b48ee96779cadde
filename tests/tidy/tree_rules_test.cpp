#include "tests/tidy/tree_rules.hpp"

#include <algorithm>
#include <string>

#include "tests/tidy/source.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::tidy {

TEST_GROUP(TreeRules) {
  Tree tree;

  void add(const char* path) {
    tree.sources.push_back({path, ""});
  }
  void add_build(const char* path, const char* text) {
    tree.builds.push_back({path, text});
  }
  bool found(const Findings& findings, const std::string& path) const {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.path == path; });
  }
};

TEST(TreeRules, a_source_needs_a_test_of_its_name) {
  add("core/a.cpp");
  add("tests/hal/a_test.cpp");
  CHECK_TRUE(found(sources_without_test(tree, {}), "core/a.cpp"));
  add("tests/core/a_test.cpp");
  CHECK_FALSE(found(sources_without_test(tree, {}), "core/a.cpp"));
}

TEST(TreeRules, headers_and_tests_need_none) {
  add("core/a.hpp");
  add("tests/core/a_test.cpp");
  CHECK_FALSE(found(sources_without_test(tree, {}), "core/a.hpp"));
  CHECK_FALSE(found(sources_without_test(tree, {}), "tests/core/a_test.cpp"));
}

TEST(TreeRules, an_exception_lasts_as_long_as_it_is_needed) {
  const TestedBy exception{"core/a.cpp", "tests/core/b_test.cpp"};
  add("core/a.cpp");
  add("tests/core/b_test.cpp");
  CHECK_FALSE(found(sources_without_test(tree, {&exception, 1}), "core/a.cpp"));
  add("tests/core/a_test.cpp");
  CHECK_TRUE(found(sources_without_test(tree, {&exception, 1}), "core/a.cpp"));
}

TEST(TreeRules, an_exception_names_a_test_that_is_there) {
  const TestedBy exception{"core/a.cpp", "tests/core/b_test.cpp"};
  add("core/a.cpp");
  CHECK_TRUE(found(sources_without_test(tree, {&exception, 1}), "core/a.cpp"));
}

TEST(TreeRules, an_exception_for_a_file_that_is_gone_is_found) {
  const TestedBy exception{"core/a.cpp", "tests/core/b_test.cpp"};
  add("tests/core/b_test.cpp");
  CHECK_TRUE(found(sources_without_test(tree, {&exception, 1}), "core/a.cpp"));
}

TEST(TreeRules, a_source_is_listed_in_its_folder) {
  add("core/a.cpp");
  add_build("core/CMakeLists.txt", "SOURCES\n  aa.cpp\n  # a.cpp\n");
  add_build("hal/CMakeLists.txt", "SOURCES\n  a.cpp\n");
  CHECK_TRUE(found(sources_not_built(tree), "core/a.cpp"));
  add_build("core/CMakeLists.txt", "SOURCES\n  a.cpp\n");
  CHECK_FALSE(found(sources_not_built(tree), "core/a.cpp"));
}

TEST(TreeRules, a_source_may_be_listed_by_its_path) {
  add("tests/sim/world.cpp");
  add_build("tests/CMakeLists.txt", "sluice_test(sim SOURCES sim/world.cpp)");
  CHECK_FALSE(found(sources_not_built(tree), "tests/sim/world.cpp"));
}

}  // namespace sluice::tidy
