// Every rule of the protocol is needed: without it the checker finds a way to a breach. This shows
// at the same time that the checker can find one.

#include <string>

#include "tests/model/bounds.hpp"
#include "tests/model/checker.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::model {
namespace {

constexpr std::size_t kStatesMax = 2'000'000;

void is_caught(Mutation mutation, const Bounds& bounds, Breach breach) {
  const Verdict verdict = check({bounds, mutation}, kStatesMax);
  STRCMP_EQUAL(text_of(breach).c_str(), text_of(verdict.breach).c_str());
}

}  // namespace

TEST_GROUP(Mutations){};

// ---- The gateway

TEST(Mutations, deleting_on_the_brokers_acknowledgement_is_caught) {
  is_caught(Mutation::kDeleteOnPuback, kIntervals, Breach::kE5);
}
TEST(Mutations, dropping_without_a_gap_is_caught) {
  is_caught(Mutation::kDropWithoutGap, kIntervals, Breach::kE2);
}
TEST(Mutations, dropping_gap_records_is_caught) {
  is_caught(Mutation::kDropsGapRecords, kGaps, Breach::kE7);
}
TEST(Mutations, forgetting_what_was_dropped_once_it_is_declared_is_caught) {
  is_caught(Mutation::kForgetsDroppedChecksum, kIntervals, Breach::kE5);
}
TEST(Mutations, using_a_run_again_is_caught) {
  is_caught(Mutation::kRunAgainAfterRestart, kDisk, Breach::kE6);
}
TEST(Mutations, an_acknowledgement_without_a_run_is_caught) {
  is_caught(Mutation::kAckWithoutRun, kRestarts, Breach::kE5);
}
TEST(Mutations, an_acknowledgement_without_a_check_is_caught) {
  is_caught(Mutation::kAckWithoutCheck, kTwin, Breach::kE5);
}
TEST(Mutations, ignoring_that_the_collector_has_lost_something_is_caught) {
  is_caught(Mutation::kIgnoresShrinkingAck, kBackup, Breach::kE7);
}
TEST(Mutations, taking_a_stale_acknowledgement_for_a_loss_is_caught) {
  is_caught(Mutation::kBelievesStaleShrinkage, kIntervals, Breach::kE8);
}
TEST(Mutations, forgetting_settled_keys_is_caught) {
  is_caught(Mutation::kForgetsSettledKeys, kBackup, Breach::kE7);
}
TEST(Mutations, erasing_a_gap_record_before_its_keys_are_settled_is_caught) {
  is_caught(Mutation::kErasesGapRecordEarly, kBackupAndGaps, Breach::kE7);
}
TEST(Mutations, closing_a_run_that_is_not_delivered_is_caught) {
  is_caught(Mutation::kClosesUndeliveredRun, kClosing, Breach::kE8);
}
TEST(Mutations, never_closing_again_what_the_collector_lost_is_caught) {
  is_caught(Mutation::kNeverClosesAgain, kClosingAgain, Breach::kE7);
}
TEST(Mutations, forgetting_a_run_before_its_closing_is_heard_is_caught) {
  is_caught(Mutation::kForgetsBeforeItIsHeard, kClosingAgain, Breach::kE7);
}
TEST(Mutations, forgetting_a_closed_run_without_asking_once_more_is_caught) {
  is_caught(Mutation::kForgetsUnconfirmed, kClosingInARow, Breach::kE7);
}
TEST(Mutations, not_seeing_a_loss_behind_a_gap_is_caught) {
  is_caught(Mutation::kIgnoresMaskedLoss, kClosingInARow, Breach::kE7);
}
TEST(Mutations, leaving_the_chunks_of_old_runs_is_caught) {
  is_caught(Mutation::kLeavesOldRuns, kRestarts, Breach::kE7);
}
TEST(Mutations, never_sending_again_is_caught) {
  is_caught(Mutation::kNeverSendsAgain, kWindow, Breach::kE7);
}
TEST(Mutations, never_looking_from_the_start_again_is_caught) {
  is_caught(Mutation::kNeverRewinds, kBackupAndBroker, Breach::kE7);
}

// ---- The collectors

TEST(Mutations, acknowledging_before_the_commit_is_caught) {
  is_caught(Mutation::kAckBeforeCommit, kIntervals, Breach::kE4);
}
TEST(Mutations, storing_duplicates_is_caught) {
  is_caught(Mutation::kNoDedup, kIntervals, Breach::kE1);
}
TEST(Mutations, taking_all_below_the_highest_for_duplicates_is_caught) {
  is_caught(Mutation::kDedupByMaximum, kIntervals, Breach::kE7);
}
TEST(Mutations, two_collectors_with_interval_sets_of_their_own_are_caught) {
  is_caught(Mutation::kDedupByMemory, kIntervals, Breach::kE1);
}
TEST(Mutations, a_gap_that_overrides_rows_is_caught) {
  is_caught(Mutation::kGapOverridesRow, kIntervals, Breach::kE3);
}
TEST(Mutations, a_chunk_that_ignores_a_gap_is_caught) {
  is_caught(Mutation::kChunkIgnoresGap, kIntervals, Breach::kE3);
}
TEST(Mutations, keeping_silent_about_duplicates_is_caught) {
  is_caught(Mutation::kSilentAboutDuplicates, kWindow, Breach::kE7);
}
TEST(Mutations, keeping_silent_about_refused_chunks_is_caught) {
  is_caught(Mutation::kSilentAboutRefused, kTwin, Breach::kE7);
}
TEST(Mutations, answers_that_are_not_cut_are_caught) {
  is_caught(Mutation::kAnswersUncut, kTwin, Breach::kE7);
}
TEST(Mutations, forgetting_the_keys_of_a_closed_run_is_caught) {
  is_caught(Mutation::kForgetsClosedRun, kClosing, Breach::kE3);
}
TEST(Mutations, overwriting_a_chunk_is_caught) {
  is_caught(Mutation::kOverwrites, kTwin, Breach::kE2);
}

TEST(Mutations, are_told_as_a_way_that_can_be_followed) {
  const Verdict verdict = check({kGaps, Mutation::kDeleteOnPuback}, kStatesMax);
  STRCMP_EQUAL(
      "  gateway stores 1/data/1\n"
      "      pending 1/data/1; collector holds -, resolved -\n"
      "  gateway sends 1/data/1\n"
      "      gone 1/data/1; collector holds -, resolved -\n"
      "  E5: the gateway lets go of what no matching acknowledgement covered\n",
      verdict.trace.c_str());
}

}  // namespace sluice::model
