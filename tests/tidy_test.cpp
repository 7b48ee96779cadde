// The rules of tests/tidy on this source tree. That each rule can fail is shown in
// tests/tidy/*_test.cpp.

#include <array>
#include <string>

#include "tests/tidy/function_length.hpp"
#include "tests/tidy/include_rules.hpp"
#include "tests/tidy/source.hpp"
#include "tests/tidy/text_rules.hpp"
#include "tests/tidy/tree_rules.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::tidy {
namespace {

// Parts that have no meaning of their own are seen through the whole that they belong to.
constexpr std::array kTestedElsewhere{
    TestedBy{"chunk/event_wire.cpp", "tests/chunk/events_test.cpp"},
    TestedBy{"chunk/quality_column.cpp", "tests/chunk/readings_test.cpp"},
    TestedBy{"chunk/source.cpp", "tests/chunk/readings_test.cpp"},
    TestedBy{"chunk/time_column.cpp", "tests/chunk/readings_test.cpp"},
    TestedBy{"chunk/value_column.cpp", "tests/chunk/readings_test.cpp"},
    TestedBy{"chunk/wire.cpp", "tests/chunk/batch_test.cpp"},
    TestedBy{"storage/chunk_table.cpp", "tests/storage/store_test.cpp"},
    TestedBy{"storage/run_table.cpp", "tests/storage/store_test.cpp"},
};

}  // namespace

TEST_GROUP(Tidy) {
  const Tree tree = read_tree(SLUICE_SOURCE_DIR);

  void expect_none(const Findings& findings) const {
    std::string report;
    for (const Finding& finding : findings) {
      report += "\n" + finding.path + ":" + std::to_string(finding.line) + ": " + finding.what;
    }
    if (!report.empty()) FAIL(report.c_str());
  }
  void expect_none_of_any(Findings(*rule)(const Source&)) const {
    Findings all;
    for (const File& file : tree.sources) {
      for (const Finding& finding : rule(parse(file))) all.push_back(finding);
    }
    expect_none(all);
  }
};

TEST(Tidy, the_tree_is_read) {
  bool found = false;
  for (const File& source : tree.sources) found = found || source.path == "core/ring.hpp";
  CHECK_TRUE(found);
}

TEST(Tidy, includes_follow_the_arrows) {
  expect_none_of_any(includes_against_the_arrows);
}
TEST(Tidy, headers_stay_at_home) {
  expect_none_of_any(headers_away_from_home);
}
TEST(Tidy, includes_are_in_order) {
  expect_none_of_any(includes_out_of_order);
}

TEST(Tidy, file_names_are_snake_case) {
  expect_none_of_any(file_names_not_snake_case);
}
TEST(Tidy, headers_are_introduced) {
  expect_none_of_any(headers_without_introduction);
}
TEST(Tidy, lines_are_short) {
  expect_none_of_any(lines_too_long);
}
TEST(Tidy, files_are_short) {
  expect_none_of_any(files_too_long);
}
TEST(Tidy, functions_are_short) {
  expect_none_of_any(functions_too_long);
}
TEST(Tidy, namespaces_end_with_their_name) {
  expect_none_of_any(namespaces_without_end);
}

TEST(Tidy, work_is_finished) {
  expect_none_of_any(unfinished_work);
}
TEST(Tidy, no_word_is_banned) {
  expect_none_of_any(banned_words);
}
TEST(Tidy, names_say_something) {
  expect_none_of_any(empty_names);
}
TEST(Tidy, a_mutex_has_its_reason) {
  expect_none_of_any(mutexes_without_reason);
}
TEST(Tidy, core_is_pure) {
  expect_none_of_any(impure_core);
}
TEST(Tidy, unit_tests_do_not_wait) {
  expect_none_of_any(impatient_unit_tests);
}

TEST(Tidy, every_source_has_its_test) {
  expect_none(sources_without_test(tree, kTestedElsewhere));
}
TEST(Tidy, every_source_is_built) {
  expect_none(sources_not_built(tree));
}

}  // namespace sluice::tidy
