#include "tests/tidy/function_length.hpp"

#include <string>

#include "tests/tidy/source.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::tidy {

TEST_GROUP(FunctionLength){std::size_t count(const std::string& text)
                               const {return functions_too_long(parse({"app/a.cpp", text})).size();
}
// A body of `lines` lines from brace to brace, with blocks in it.
std::string body(std::size_t lines) const {
  std::string text = "{\n";
  for (std::size_t i = 2; i < lines; ++i) text += "  if (a) { b(); }\n";
  return text + "}\n";
}
}
;

TEST(FunctionLength, seventy_lines_are_enough) {
  LONGS_EQUAL(0, count("void f() " + body(70)));
  LONGS_EQUAL(1, count("void f() " + body(71)));
}

TEST(FunctionLength, says_where_it_begins) {
  const auto found = functions_too_long(parse({"app/a.cpp", "int a;\n\nint f(int b) " + body(71)}));
  LONGS_EQUAL(1, found.size());
  LONGS_EQUAL(3, found[0].line);
}

TEST(FunctionLength, looks_into_namespaces_and_classes) {
  LONGS_EQUAL(1, count("namespace a {\nclass B {\n  void f() const " + body(71) + "};\n}\n"));
  LONGS_EQUAL(0,
              count("namespace a {\nclass B {\n" + std::string(71, '\n') + "  void f();\n};\n}\n"));
}

TEST(FunctionLength, looks_into_tests) {
  LONGS_EQUAL(1, count("TEST(Group, fact) " + body(71)));
  LONGS_EQUAL(0, count("TEST_GROUP(Group) {\n" + std::string("int a;\n") + "void f() " + body(60) +
                       "void g() " + body(60) + "};\n"));
}

TEST(FunctionLength, is_not_led_astray_by_braced_members) {
  LONGS_EQUAL(1, count("A::A() : b_{0}, c_{1} " + body(71)));
}

TEST(FunctionLength, counts_each_function_alone) {
  LONGS_EQUAL(0, count("void f() " + body(60) + "void g() " + body(60)));
}

TEST(FunctionLength, takes_tables_for_tables) {
  std::string table = "constexpr std::array kTable{\n";
  for (int i = 0; i < 100; ++i) table += "    Row{1, 2},\n";
  LONGS_EQUAL(0, count(table + "};\n"));
}

}  // namespace sluice::tidy
