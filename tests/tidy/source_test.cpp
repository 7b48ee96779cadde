#include "tests/tidy/source.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::tidy {

TEST_GROUP(Source) {
  Source source;

  const char* code_of(const char* text) {
    source = parse({"core/a.cpp", text});
    return source.code.front().c_str();
  }
};

TEST(Source, keeps_code_as_it_is) {
  STRCMP_EQUAL("int a = b;", code_of("int a = b;\n"));
}

TEST(Source, blanks_comments) {
  STRCMP_EQUAL("a         ", code_of("a // throw"));
  STRCMP_EQUAL("a             b", code_of("a /* throw */ b"));
}

TEST(Source, blanks_comments_of_several_lines_and_keeps_the_lines) {
  source = parse({"core/a.cpp", "a /* throw\nthrow */ b\nc"});
  LONGS_EQUAL(3, source.code.size());
  STRCMP_EQUAL("         b", source.code[1].c_str());
  STRCMP_EQUAL("c", source.code[2].c_str());
}

TEST(Source, blanks_the_insides_of_literals) {
  STRCMP_EQUAL("f(\"     \")", code_of("f(\"throw\")"));
  STRCMP_EQUAL("f(\"       \") + a", code_of("f(\"\\\"throw\") + a"));
  STRCMP_EQUAL("c = ' ';", code_of("c = '\"';"));
}

TEST(Source, blanks_raw_strings) {
  STRCMP_EQUAL("f(                ) + a", code_of("f(R\"x(\")\" throw)x\") + a"));
}

TEST(Source, takes_a_quote_between_digits_for_what_it_is) {
  STRCMP_EQUAL("1'000 + a;", code_of("1'000 + a;"));
}

TEST(Source, finds_includes_of_both_kinds) {
  source = parse({"core/a.cpp", "#include <vector>\n// #include <map>\n#include \"core/a.hpp\"\n"});
  const auto includes = includes_of(source);
  LONGS_EQUAL(2, includes.size());
  STRCMP_EQUAL("vector", includes[0].name.c_str());
  CHECK_FALSE(includes[0].quoted);
  STRCMP_EQUAL("core/a.hpp", includes[1].name.c_str());
  CHECK_TRUE(includes[1].quoted);
  LONGS_EQUAL(3, includes[1].line);
}

TEST(Source, tells_words_from_parts_of_words) {
  CHECK_TRUE(has_word("a = new B", "new"));
  CHECK_FALSE(has_word("a = newest", "new"));
  CHECK_FALSE(has_word("renew(a)", "new"));
  CHECK_TRUE(has_word("newer(new)", "new"));
}

}  // namespace sluice::tidy
