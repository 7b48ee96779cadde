#include "tests/model/fate.hpp"

#include "tests/model/bounds.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::model {

TEST_GROUP(Fates) {
  const Fates fates{kIntervals, kBackup, kBackupAndGaps, kClosingAndBackup, kClosingAgain};
};

TEST(Fates, of_a_chunk_that_is_delivered) {
  CHECK_TRUE(fates.gateway_may({Here::kNone, There::kNothing}, Here::kPending));
  CHECK_TRUE(fates.collector_may({Here::kPending, There::kNothing}, There::kHeld));
  CHECK_TRUE(fates.gateway_may({Here::kPending, There::kHeld}, Here::kGone));
}
TEST(Fates, of_a_chunk_that_is_dropped) {
  CHECK_TRUE(fates.gateway_may({Here::kNone, There::kNothing}, Here::kDropped));
  CHECK_TRUE(fates.collector_may({Here::kDeclared, There::kNothing}, There::kResolved));
  CHECK_TRUE(fates.gateway_may({Here::kDeclared, There::kResolved}, Here::kResolved));
}
TEST(Fates, do_not_let_the_gateway_forget_what_has_not_arrived) {
  CHECK_FALSE(fates.gateway_may({Here::kPending, There::kNothing}, Here::kGone));
  CHECK_FALSE(fates.gateway_may({Here::kPending, There::kNothing}, Here::kNone));
  CHECK_FALSE(fates.gateway_may({Here::kDeclared, There::kNothing}, Here::kResolved));
  CHECK_FALSE(fates.gateway_may({Here::kPending, There::kHeld}, Here::kResolved));
}
TEST(Fates, do_not_let_the_collector_invent_or_change_its_mind) {
  CHECK_FALSE(fates.collector_may({Here::kNone, There::kNothing}, There::kHeld));
  CHECK_FALSE(fates.collector_may({Here::kPending, There::kNothing}, There::kResolved));
  CHECK_FALSE(fates.collector_may({Here::kDeclared, There::kResolved}, There::kHeld));
  CHECK_FALSE(fates.collector_may({Here::kDeclared, There::kHeld}, There::kResolved));
}

TEST(Fates, of_a_chunk_that_is_kept) {
  CHECK_TRUE(fates.gateway_may({Here::kPending, There::kHeld}, Here::kKept));
  CHECK_TRUE(fates.gateway_may({Here::kKept, There::kHeld}, Here::kGone));
}
TEST(Fates, of_what_the_collector_has_lost) {
  CHECK_TRUE(fates.gateway_may({Here::kKept, There::kNothing, true}, Here::kPending));
  CHECK_TRUE(fates.gateway_may({Here::kGone, There::kNothing, true}, Here::kDropped));
  CHECK_TRUE(fates.collector_may({Here::kGone, There::kNothing, true}, There::kResolved));
}
TEST(Fates, do_not_let_the_gateway_take_what_is_late_for_lost) {
  CHECK_FALSE(fates.gateway_may({Here::kKept, There::kHeld}, Here::kPending));
  CHECK_FALSE(fates.gateway_may({Here::kGone, There::kHeld}, Here::kDropped));
  CHECK_FALSE(fates.gateway_may({Here::kKept, There::kNothing}, Here::kDropped));
}

}  // namespace sluice::model
