#include "uplink/lane_cursors.hpp"

#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(LaneCursors) {
  LaneCursors cursors{BacklogOrder::kOldestFirst};
  const std::vector<Parcel::Item> items{{5, 1}, {7, 2}};
};

TEST(LaneCursors, begins_with_everything) {
  cursors.begin(0);
  CHECK_TRUE(cursors.next(Lane::kEvent).after == 0);
  CHECK_TRUE(cursors.next(Lane::kRaw).after == 0);
  CHECK_TRUE(cursors.next(Lane::kBacklog).upto == 0);
}

TEST(LaneCursors, raw_is_split_where_the_link_came_up) {
  cursors.begin(100);
  CHECK_TRUE(cursors.next(Lane::kRaw).after == 100);
  CHECK_TRUE(cursors.next(Lane::kBacklog).after == 0);
  CHECK_TRUE(cursors.next(Lane::kBacklog).upto == 100);
  CHECK_TRUE(cursors.next(Lane::kRollup).after == 0);
}

TEST(LaneCursors, goes_on_behind_what_has_passed) {
  cursors.begin(100);
  cursors.passed(Lane::kBacklog, items);
  CHECK_TRUE(cursors.next(Lane::kBacklog).after == 7);
  CHECK_TRUE(cursors.next(Lane::kBacklog).upto == 100);
  CHECK_TRUE(cursors.next(Lane::kEvent).after == 0);
}

TEST(LaneCursors, goes_on_before_what_has_passed_from_the_end) {
  LaneCursors newest(BacklogOrder::kNewestFirst);
  newest.begin(100);
  newest.passed(Lane::kBacklog, items);
  CHECK_TRUE(newest.next(Lane::kBacklog).newest_first);
  CHECK_TRUE(newest.next(Lane::kBacklog).upto == 4);
  CHECK_FALSE(newest.next(Lane::kRaw).newest_first);
}

TEST(LaneCursors, rewinds_to_the_same_split) {
  cursors.begin(100);
  cursors.passed(Lane::kBacklog, items);
  cursors.passed(Lane::kEvent, items);
  cursors.rewind();
  CHECK_TRUE(cursors.next(Lane::kBacklog).after == 0);
  CHECK_TRUE(cursors.next(Lane::kEvent).after == 0);
  CHECK_TRUE(cursors.next(Lane::kRaw).after == 100);
}

TEST(LaneCursors, knows_how_far_live_readings_were_handed_over) {
  cursors.begin(4);
  CHECK_TRUE(cursors.raw_handed_over() == 4);
  cursors.passed(Lane::kEvent, items);
  cursors.passed(Lane::kBacklog, items);
  CHECK_TRUE(cursors.raw_handed_over() == 4);
  cursors.passed(Lane::kRaw, items);
  CHECK_TRUE(cursors.raw_handed_over() == 7);
  const std::vector<Parcel::Item> asked_for{{8, 3}};
  cursors.passed(Lane::kRequested, asked_for);
  CHECK_TRUE(cursors.raw_handed_over() == 8);
}

// Otherwise storage would take what is delivered for waiting.
TEST(LaneCursors, a_rewind_takes_nothing_back) {
  cursors.begin(4);
  cursors.passed(Lane::kRaw, items);
  cursors.rewind();
  CHECK_TRUE(cursors.raw_handed_over() == 7);
}

TEST(LaneCursors, rewinds_one_lane_alone) {
  cursors.begin(100);
  cursors.passed(Lane::kRequested, items);
  cursors.passed(Lane::kEvent, items);
  cursors.rewind(Lane::kRequested);
  CHECK_TRUE(cursors.next(Lane::kRequested).after == 0);
  CHECK_TRUE(cursors.next(Lane::kEvent).after == 7);
}

}  // namespace sluice::uplink
