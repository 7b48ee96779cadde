#include "config/problem_list.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(ProblemList) {
  ProblemList list{"a.toml"};

  void add(std::uint32_t line, std::uint32_t column, const char* message) {
    list.add(Position{line, column}, "key", message);
  }
};

TEST(ProblemList, writes_a_problem_in_one_line) {
  list.add(Position{.line = 3, .column = 7}, "channel[2].period", "too short");
  STRCMP_EQUAL("a.toml:3:7: channel[2].period: too short", list.take().front().text().c_str());
}

TEST(ProblemList, leaves_out_what_is_not_known) {
  list.add(Position{.line = 3, .column = 7}, "", "not TOML");
  STRCMP_EQUAL("a.toml:3:7: not TOML", list.take().front().text().c_str());
  const Problem problem{.file = "a.toml", .key = {}, .message = "cannot be read"};
  STRCMP_EQUAL("a.toml: cannot be read", problem.text().c_str());
}

TEST(ProblemList, sorts_by_position) {
  add(2, 5, "third");
  add(10, 1, "last");
  add(2, 1, "second");
  add(1, 9, "first");
  const Problems problems = list.take();
  STRCMP_EQUAL("first", problems[0].message.c_str());
  STRCMP_EQUAL("second", problems[1].message.c_str());
  STRCMP_EQUAL("third", problems[2].message.c_str());
  STRCMP_EQUAL("last", problems[3].message.c_str());
}

TEST(ProblemList, keeps_the_order_at_one_position) {
  add(1, 1, "first");
  add(1, 1, "second");
  STRCMP_EQUAL("second", list.take()[1].message.c_str());
}

TEST(ProblemList, keeps_the_first_ones_when_there_are_too_many) {
  for (std::uint32_t line = 1'000; line > 0; --line) add(line, 1, "again");
  const Problems problems = list.take();
  LONGS_EQUAL(kProblemsMax, problems.size());
  LONGS_EQUAL(1, problems.front().line);
  LONGS_EQUAL(kProblemsMax, problems.back().line);
}

TEST(ProblemList, is_empty_until_there_is_one) {
  CHECK_TRUE(list.empty());
  add(1, 1, "first");
  CHECK_FALSE(list.empty());
}

}  // namespace sluice::config
