#include "tests/tidy/text_rules.hpp"

#include <string>

#include "tests/tidy/source.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::tidy {

TEST_GROUP(TextRules){std::size_t count(Findings(*rule)(const Source&), const std::string& text,
                                        const char* path = "storage/a.cpp")
                          const {return rule(parse({path, text})).size();
}
std::string lines(std::size_t count) const {
  std::string text;
  while (count-- > 0) text += "a;\n";
  return text;
}
}
;

TEST(TextRules, file_names) {
  LONGS_EQUAL(0, count(file_names_not_snake_case, "", "core/interval_set.cpp"));
  LONGS_EQUAL(1, count(file_names_not_snake_case, "", "core/IntervalSet.cpp"));
  LONGS_EQUAL(1, count(file_names_not_snake_case, "", "core/interval-set.cpp"));
}

TEST(TextRules, header_introduction) {
  LONGS_EQUAL(0, count(headers_without_introduction, "#pragma once\n// A ring.\n", "core/a.hpp"));
  LONGS_EQUAL(1, count(headers_without_introduction, "#pragma once\n\nint a;\n", "core/a.hpp"));
  LONGS_EQUAL(1, count(headers_without_introduction, "#ifndef A\n// A ring.\n", "core/a.hpp"));
  LONGS_EQUAL(1, count(headers_without_introduction, "", "core/a.hpp"));
  LONGS_EQUAL(0, count(headers_without_introduction, "int a;\n", "core/a.cpp"));
}

TEST(TextRules, line_length) {
  LONGS_EQUAL(0, count(lines_too_long, std::string(100, 'a')));
  LONGS_EQUAL(1, count(lines_too_long, std::string(101, 'a')));
}

TEST(TextRules, a_character_of_several_bytes_is_one_column) {
  LONGS_EQUAL(0, count(lines_too_long, std::string(99, 'a') + "°"));
}

TEST(TextRules, file_length) {
  LONGS_EQUAL(0, count(files_too_long, lines(400)));
  LONGS_EQUAL(1, count(files_too_long, lines(401)));
  LONGS_EQUAL(0, count(files_too_long, lines(401), "tests/core/a_test.cpp"));
}

TEST(TextRules, namespace_end) {
  LONGS_EQUAL(0, count(namespaces_without_end,
                       "namespace a {\nnamespace {\n}  // namespace\n"
                       "}  // namespace a\n"));
  LONGS_EQUAL(0, count(namespaces_without_end, "namespace a { class B; }\n"));
  LONGS_EQUAL(0, count(namespaces_without_end, "namespace a {\nclass B;\n}\n"));
  LONGS_EQUAL(1, count(namespaces_without_end, "namespace a {\nclass B;\nclass C;\n}\n"));
  LONGS_EQUAL(1, count(namespaces_without_end, "namespace a::b {\n}  // namespace a\n"));
}

TEST(TextRules, unfinished_work) {
  LONGS_EQUAL(0, count(unfinished_work, "// done\n"));
  LONGS_EQUAL(1, count(unfinished_work,
                       "// TO"
                       "DO: later\n"));
  LONGS_EQUAL(1, count(unfinished_work,
                       "// FIX"
                       "ME\n"));
}

TEST(TextRules, banned_words) {
  LONGS_EQUAL(1, count(banned_words, "auto a = new A;\n"));
  LONGS_EQUAL(1, count(banned_words, "delete a;\n"));
  LONGS_EQUAL(1, count(banned_words, "std::shared_ptr<A> a;\n"));
  LONGS_EQUAL(1, count(banned_words, "if (b) throw b;\n"));
  LONGS_EQUAL(1, count(banned_words, "using namespace std;\n"));
}

TEST(TextRules, banned_words_may_be_spoken_of) {
  LONGS_EQUAL(0, count(banned_words, "// a new one\n"));
  LONGS_EQUAL(0, count(banned_words, "log(\"new\");\n"));
  LONGS_EQUAL(0, count(banned_words, "#include <new>\n"));
  LONGS_EQUAL(0, count(banned_words, "A(const A&) = delete;\n"));
  LONGS_EQUAL(0, count(banned_words, "using namespace std::chrono_literals;\n"));
  LONGS_EQUAL(1, count(banned_words, "using namespace std::chrono_literals;\n", "core/a.hpp"));
  LONGS_EQUAL(0, count(banned_words, "using namespace sluice::hal;\n", "tests/hal/a_test.cpp"));
  LONGS_EQUAL(1, count(banned_words, "using namespace sluice::hal;\n", "app/a.cpp"));
}

TEST(TextRules, empty_names) {
  LONGS_EQUAL(1, count(empty_names, "class StoreManager {\n"));
  LONGS_EQUAL(1, count(empty_names, "struct ChunkInfo;\n"));
  LONGS_EQUAL(1, count(empty_names, "enum class EventHandler : int {\n"));
  LONGS_EQUAL(1, count(empty_names, "using Utils = int;\n"));
  LONGS_EQUAL(0, count(empty_names, "class Outbox {\n"));
  LONGS_EQUAL(0, count(empty_names, "struct DataSource {\n"));
  LONGS_EQUAL(0, count(empty_names, "struct NoData {\n"));
}

TEST(TextRules, mutex_reason) {
  LONGS_EQUAL(1, count(mutexes_without_reason, "int a;\nstd::mutex mutex_;\n"));
  LONGS_EQUAL(0,
              count(mutexes_without_reason, "// The API thread reads it.\nstd::mutex mutex_;\n"));
  LONGS_EQUAL(0, count(mutexes_without_reason, "std::mutex mutex_;  // the API thread reads\n"));
  LONGS_EQUAL(0,
              count(mutexes_without_reason, "const std::lock_guard<std::mutex> lock(mutex_);\n"));
}

TEST(TextRules, pure_core) {
  LONGS_EQUAL(1, count(impure_core, "auto t = SomeClock::now();\n", "core/a.cpp"));
  LONGS_EQUAL(1, count(impure_core, "#include <thread>\n", "core/a.cpp"));
  LONGS_EQUAL(1, count(impure_core, "#include <mutex>\n", "core/a.hpp"));
  LONGS_EQUAL(1, count(impure_core, "#include <fstream>\n", "core/a.hpp"));
  LONGS_EQUAL(0, count(impure_core, "#include <thread>\n", "app/a.cpp"));
  LONGS_EQUAL(0, count(impure_core, "Instant now = time;\n", "core/a.cpp"));
}

TEST(TextRules, patience) {
  const char* const sleeps = "std::this_thread::sleep_for(1s);\n";
  LONGS_EQUAL(1, count(impatient_unit_tests, sleeps, "tests/uplink/a_test.cpp"));
  LONGS_EQUAL(0, count(impatient_unit_tests, sleeps, "tests/integration/a_test.cpp"));
  LONGS_EQUAL(0, count(impatient_unit_tests, sleeps, "app/a.cpp"));
  LONGS_EQUAL(1, count(impatient_unit_tests, "auto t = std::chrono::steady_clock::now();\n",
                       "tests/core/a_test.cpp"));
  LONGS_EQUAL(0, count(impatient_unit_tests, "void sleep_until(Instant t) override;\n",
                       "tests/app/a_test.cpp"));
}

}  // namespace sluice::tidy
