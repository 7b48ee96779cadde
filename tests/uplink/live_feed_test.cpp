#include "uplink/live_feed.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "tests/uplink/fake_link.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(LiveFeed) {
  FakeLink link;
  LiveFeed feed{"live", RunId{{1}}, seconds(1), link};
  Instant now = instant_from_ns(0) + seconds(1000);

  void alert(const char* name) {
    LiveAlert one;
    one.name = name;
    feed.alert(one);
  }
  void value(double number) {
    LiveValue one;
    one.channel = "t1";
    one.value = number;
    feed.values({one});
  }
  std::vector<Live> step(bool values_allowed = true) {
    feed.step(now, values_allowed);
    std::vector<Live> messages;
    for (const Published& one : link.take("live")) messages.push_back(*decode_live(one.payload));
    return messages;
  }
  void take() {
    CHECK_TRUE(feed.taken(link.last_token, now));
  }
};

TEST(LiveFeed, drops_the_oldest_alert_when_too_many_wait) {
  alert("first");
  for (std::size_t i = 0; i < LiveFeed::kAlertsWaitingMax; ++i) alert("later");
  LONGS_EQUAL(1, feed.dropped());
  STRCMP_EQUAL("later", step().at(0).alerts.at(0).name.c_str());
}

TEST(LiveFeed, sends_the_latest_values_in_their_rhythm) {
  value(1.0);
  DOUBLES_EQUAL(1.0, step().at(0).values.at(0).value, 0.0);
  take();
  value(2.0);
  now += milliseconds(500);
  CHECK_TRUE(step().empty());
  value(3.0);
  now += milliseconds(500);
  DOUBLES_EQUAL(3.0, step().at(0).values.at(0).value, 0.0);
}

TEST(LiveFeed, splits_the_values_of_many_channels) {
  feed.values(std::vector<LiveValue>(kLiveValuesMax + 1));
  LONGS_EQUAL(2, step().size());
}

TEST(LiveFeed, values_wait_until_the_last_ones_are_through) {
  value(1.0);
  LONGS_EQUAL(1, step().size());
  now += seconds(2);
  value(2.0);
  CHECK_TRUE(step().empty());
}

TEST(LiveFeed, values_take_a_quarter_of_the_link_at_most) {
  value(1.0);
  step();
  now += seconds(3);
  take();
  now += seconds(8);
  value(2.0);
  CHECK_TRUE(step().empty());
  now += seconds(1);
  LONGS_EQUAL(1, step().size());
}

TEST(LiveFeed, values_are_sent_only_where_they_may) {
  value(1.0);
  CHECK_TRUE(step(false).empty());
  LONGS_EQUAL(1, step(true).size());
}

TEST(LiveFeed, alerts_do_not_wait_for_values) {
  value(1.0);
  step();
  alert("hot");
  STRCMP_EQUAL("hot", step(false).at(0).alerts.at(0).name.c_str());
}

TEST(LiveFeed, leaves_a_slow_link_to_the_stored_chunks) {
  std::size_t messages = 0;
  for (std::size_t i = 0; i < LiveFeed::kInFlightMax + 2; ++i) {
    alert("hot");
    messages += step().size();
  }
  LONGS_EQUAL(LiveFeed::kInFlightMax, messages);
  take();
  LONGS_EQUAL(2, step().at(0).alerts.size());
}

TEST(LiveFeed, goes_on_after_the_link_was_lost) {
  value(1.0);
  step();
  feed.link_down();
  now += seconds(1);
  value(2.0);
  LONGS_EQUAL(1, step().size());
}

TEST(LiveFeed, knows_its_own_messages_only) {
  CHECK_FALSE(feed.taken(1, now));
}

}  // namespace sluice::uplink
