#include "core/question.hpp"

#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;

namespace {

using Intervals = std::vector<Interval>;

// An answer to a question about 1 to 20, of which 6 to 10 are not settled, up to `last`.
Answered answered(Intervals held, Intervals resolved = {}, std::uint64_t last = 20) {
  Answered all{{7, {}, Stream::kRaw, 1, 20, {{6, 10, 0}}},
               {{}, Stream::kRaw, std::move(held), std::move(resolved)}};
  all.ack.answer = Answer{7, last};
  return all;
}

}  // namespace

TEST_GROUP(Question){};

TEST(Question, nothing_is_lost_that_the_collector_has) {
  CHECK_TRUE(lost_by(answered({{1, 5, 0}, {11, 20, 0}})).empty());
  CHECK_TRUE(lost_by(answered({{1, 5, 0}}, {{11, 20, 0}})).empty());
}

TEST(Question, what_was_not_settled_is_not_lost) {
  CHECK_TRUE((lost_by(answered({})) == Intervals{{1, 5, 0}, {11, 20, 0}}));
}

TEST(Question, what_the_answer_lacks_is_lost) {
  CHECK_TRUE((lost_by(answered({{1, 2, 0}, {4, 5, 0}, {11, 12, 0}}, {{15, 15, 0}})) ==
              Intervals{{3, 3, 0}, {13, 14, 0}, {16, 20, 0}}));
}

TEST(Question, an_answer_that_ends_early_says_nothing_of_the_rest) {
  CHECK_TRUE(lost_by(answered({{1, 5, 0}}, {}, 10)).empty());
  CHECK_TRUE((lost_by(answered({{1, 5, 0}}, {}, 12)) == Intervals{{11, 12, 0}}));
}

TEST(Question, an_acknowledgement_that_is_no_answer_proves_nothing) {
  Answered all = answered({});
  all.ack.answer.reset();
  CHECK_TRUE(lost_by(all).empty());
}

TEST(Question, cuts_at_both_borders_of_each_range) {
  CHECK_TRUE((cut_at({1, 20, 0}, {{6, 10, 0}}) == Intervals{{1, 5, 0}, {6, 10, 0}, {11, 20, 0}}));
  CHECK_TRUE((cut_at({7, 8, 0}, {{6, 10, 0}}) == Intervals{{7, 8, 0}}));
  CHECK_TRUE((cut_at({8, 12, 0}, {{1, 2, 0}, {6, 10, 0}, {30, 40, 0}}) ==
              Intervals{{8, 10, 0}, {11, 12, 0}}));
  CHECK_TRUE((cut_at({1, 3, 0}, {}) == Intervals{{1, 3, 0}}));
}
