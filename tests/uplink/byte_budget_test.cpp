#include "uplink/byte_budget.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

using std::chrono::days;
using std::chrono::hours;

TEST_GROUP(ByteBudget) {
  // 2026-11-20, a day in the middle of a month, at noon.
  const WallTime noon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + hours(12);
  ByteBudget budget{{1000, 10'000}};
};

TEST(ByteBudget, nothing_is_used_at_first) {
  DOUBLES_EQUAL(0.0, budget.used(), 0.0);
  CHECK_TRUE(budget.left() == 1000U);
}

TEST(ByteBudget, counts_for_the_day_and_the_month) {
  budget.add(400, noon);
  DOUBLES_EQUAL(0.4, budget.used(), 1e-9);
  CHECK_TRUE(budget.left() == 600U);
}

TEST(ByteBudget, begins_anew_with_the_day) {
  budget.add(900, noon);
  budget.add(0, noon + days(1));
  CHECK_TRUE(budget.left() == 1000U);
}

TEST(ByteBudget, the_month_goes_on) {
  for (int day = 0; day < 10; ++day) budget.add(950, noon + days(day));
  CHECK_TRUE(budget.left() == 50U);
  DOUBLES_EQUAL(0.95, budget.used(), 1e-9);
}

TEST(ByteBudget, begins_anew_with_the_month) {
  for (int day = 0; day < 10; ++day) budget.add(950, noon + days(day));
  budget.add(0, noon + days(11));
  CHECK_TRUE(budget.left() == 1000U);
}

TEST(ByteBudget, a_clock_that_goes_back_gives_nothing) {
  budget.add(900, noon);
  budget.add(50, noon - days(60));
  CHECK_TRUE(budget.left() == 50U);
}

TEST(ByteBudget, without_a_clock_the_day_goes_on) {
  budget.add(900, noon);
  budget.add(50, std::nullopt);
  CHECK_TRUE(budget.left() == 50U);
}

TEST(ByteBudget, what_came_before_the_clock_counts) {
  budget.add(300, std::nullopt);
  budget.add(0, noon);
  CHECK_TRUE(budget.left() == 700U);
}

TEST(ByteBudget, more_than_everything_is_nothing_left) {
  budget.add(5000, noon);
  CHECK_TRUE(budget.left() == 0U);
  DOUBLES_EQUAL(5.0, budget.used(), 1e-9);
}

TEST(ByteBudget, no_limit_is_never_used_up) {
  ByteBudget none{{}};
  none.add(1'000'000'000, noon);
  DOUBLES_EQUAL(0.0, none.used(), 0.0);
  CHECK_TRUE(!none.left());
  CHECK_TRUE(!none.runs_out(noon));
}

TEST(ByteBudget, goes_on_after_a_restart) {
  budget.add(400, noon);
  const ByteBudget again({1000, 10'000}, budget.spent());
  CHECK_TRUE(again.left() == 600U);
}

TEST(ByteBudget, tells_when_the_day_will_be_used_up) {
  budget.add(800, noon);
  CHECK_TRUE(budget.runs_out(noon) == noon + hours(3));
}

TEST(ByteBudget, lasts_when_the_day_goes_on_as_it_began) {
  budget.add(450, noon);
  CHECK_TRUE(!budget.runs_out(noon));
}

TEST(ByteBudget, tells_when_the_month_will_be_used_up) {
  ByteBudget monthly{{0, 10'000}};
  monthly.add(9'750, noon);  // in 19.5 days
  CHECK_TRUE(monthly.runs_out(noon) == noon + hours(12));
}

}  // namespace sluice::uplink
