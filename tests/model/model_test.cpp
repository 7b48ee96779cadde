// The protocol as it should be keeps every invariant in every state, and arrives from every state.

#include <cstdlib>

#include "tests/model/bounds.hpp"
#include "tests/model/checker.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::model {
namespace {

constexpr std::size_t kStatesMax = 12'000'000;

void holds(const Bounds& bounds) {
  const Verdict verdict = check({bounds}, kStatesMax);
  if (verdict.breach != Breach::kNone) FAIL(("a breach:\n" + verdict.trace).c_str());
  CHECK_FALSE(verdict.cut_short);
}

void holds_given_the_time(const Bounds& bounds) {
  if (std::getenv("SLUICE_LONG") != nullptr) holds(bounds);
}

}  // namespace

TEST_GROUP(Model){};

TEST(Model, holds_for_any_order_of_three_chunks_and_their_gaps) {
  holds(kIntervals);
}
TEST(Model, holds_for_gaps_that_follow_each_other) {
  holds(kGaps);
}
TEST(Model, holds_for_a_window_and_a_broker_that_forgets) {
  holds(kWindow);
}
TEST(Model, holds_when_the_gateway_restarts) {
  holds(kRestarts);
}
TEST(Model, holds_when_the_disk_is_rolled_back_or_replaced) {
  holds(kDisk);
  holds_given_the_time(kDiskAndGaps);
}
TEST(Model, holds_when_the_store_is_restored_from_a_backup) {
  holds(kBackup);
}
TEST(Model, holds_when_the_broker_forgets_and_the_store_is_restored) {
  holds(kBackupAndBroker);
}
TEST(Model, holds_when_gap_records_are_lost_with_the_store) {
  holds(kBackupAndGaps);
}
TEST(Model, holds_when_other_bytes_come_under_our_keys) {
  holds(kTwin);
}
TEST(Model, holds_when_old_runs_are_closed) {
  holds(kClosing);
  holds_given_the_time(kThreeRuns);
}
TEST(Model, holds_when_a_store_from_before_a_run_was_closed_is_restored) {
  holds(kClosingAndBackup);
}
TEST(Model, holds_when_what_closed_a_run_is_lost) {
  holds(kClosingAgain);
}
TEST(Model, holds_when_the_run_that_closes_others_is_closed) {
  holds(kClosingInARow);
}

}  // namespace sluice::model
