#include "tests/sim/simulated_broker.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice::sim {

using namespace std::chrono_literals;

TEST_GROUP(SimulatedBroker) {
  std::optional<SimulatedBroker> broker;
  std::unique_ptr<uplink::Link> gateway;
  std::unique_ptr<uplink::Link> collector;
  Instant now{1s};

  void start(const Manners& manners) {
    broker.emplace(manners, Random(7), SimulatedBroker::Watch{});
    collector = broker->link(End::kCollector, {{"g/+/up"}, std::nullopt});
    gateway = broker->link(End::kGateway, {{"g/ack"}, uplink::Message{"g/1/up", {}, false}});
    pass(10s);
  }
  void teardown() override {
    gateway.reset();
    collector.reset();
  }
  // What the end is told until then.
  std::vector<uplink::LinkEvent> told(End end) {
    uplink::Link& link = end == End::kGateway ? *gateway : *collector;
    std::vector<uplink::LinkEvent> events;
    while (std::optional<uplink::LinkEvent> event = link.poll(now)) events.push_back(*event);
    return events;
  }
  void pass(Duration duration) {
    now += duration;
    broker->step(now);
  }
  template <typename Kind>
  static std::size_t count(const std::vector<uplink::LinkEvent>& events) {
    std::size_t found = 0;
    for (const uplink::LinkEvent& event : events) found += std::holds_alternative<Kind>(event);
    return found;
  }
  // Both ends connected, and nothing under way.
  void connect() {
    LONGS_EQUAL(1, count<uplink::LinkUp>(told(End::kGateway)));
    LONGS_EQUAL(1, count<uplink::LinkUp>(told(End::kCollector)));
    pass(10s);
  }
  bool publish(uplink::Retain retain = uplink::Retain::kNo) {
    return gateway->publish("g/1/up", Bytes{std::byte{5}}, retain).ok();
  }
};

TEST(SimulatedBroker, passes_a_message_on_and_says_so) {
  start({});
  connect();
  CHECK_TRUE(publish());
  pass(1s);
  LONGS_EQUAL(1, count<uplink::Taken>(told(End::kGateway)));
  const std::vector<uplink::LinkEvent> events = told(End::kCollector);
  LONGS_EQUAL(1, count<uplink::Message>(events));
  LONGS_EQUAL(1, std::get<uplink::Message>(events.front()).payload.size());
}

TEST(SimulatedBroker, takes_nothing_before_the_link_is_up) {
  start({});
  CHECK_FALSE(publish());
}

TEST(SimulatedBroker, forgets_what_it_said_it_took) {
  start({.forget = 1.0});
  connect();
  CHECK_TRUE(publish());
  pass(1s);
  LONGS_EQUAL(1, count<uplink::Taken>(told(End::kGateway)));
  LONGS_EQUAL(0, told(End::kCollector).size());
}

TEST(SimulatedBroker, refuses_and_passes_nothing_on) {
  start({.refuse = 1.0});
  connect();
  CHECK_TRUE(publish());
  pass(1s);
  const std::vector<uplink::LinkEvent> events = told(End::kGateway);
  LONGS_EQUAL(1, count<uplink::Taken>(events));
  CHECK_TRUE(std::get<uplink::Taken>(events.front()).refused);
  LONGS_EQUAL(0, told(End::kCollector).size());
}

TEST(SimulatedBroker, loses_a_publication_and_then_the_connection) {
  start({.lose = 1.0});
  connect();
  CHECK_TRUE(publish());
  pass(2min);
  const std::vector<uplink::LinkEvent> events = told(End::kGateway);
  LONGS_EQUAL(0, count<uplink::Taken>(events));
  LONGS_EQUAL(1, count<uplink::LinkDown>(events));
}

TEST(SimulatedBroker, delivers_twice) {
  start({.duplicate = 1.0});
  connect();
  CHECK_TRUE(publish());
  pass(10min);
  LONGS_EQUAL(2, count<uplink::Message>(told(End::kCollector)));
}

TEST(SimulatedBroker, lets_messages_overtake_each_other) {
  start({.delay_max = 5s});
  connect();
  for (std::uint8_t i = 0; i < 10; ++i) {
    CHECK_TRUE(gateway->publish("g/1/up", Bytes{std::byte{i}}, uplink::Retain::kNo).ok());
  }
  pass(1min);
  bool overtaken = false;
  std::byte last{0};
  for (const uplink::LinkEvent& event : told(End::kCollector)) {
    const std::byte number = std::get<uplink::Message>(event).payload.front();
    overtaken = overtaken || number < last;
    last = number;
  }
  CHECK_TRUE(overtaken);
}

TEST(SimulatedBroker, keeps_a_retained_message_for_who_comes_later) {
  start({});
  LONGS_EQUAL(1, count<uplink::LinkUp>(told(End::kGateway)));
  CHECK_TRUE(publish(uplink::Retain::kYes));
  pass(1s);
  told(End::kCollector);  // connects
  pass(1s);
  const std::vector<uplink::LinkEvent> events = told(End::kCollector);
  LONGS_EQUAL(1, count<uplink::Message>(events));
  CHECK_TRUE(std::get<uplink::Message>(events.front()).retained);
}

TEST(SimulatedBroker, forgets_retained_messages_in_a_restart) {
  start({});
  connect();
  CHECK_TRUE(publish(uplink::Retain::kYes));
  pass(1s);
  broker->restart(now + 1s);
  pass(1min);
  CHECK_TRUE(count<uplink::LinkUp>(told(End::kCollector)) == 1);
  pass(1s);
  LONGS_EQUAL(0, count<uplink::Message>(told(End::kCollector)));
}

TEST(SimulatedBroker, sends_the_last_will_of_a_link_that_just_goes) {
  start({});
  connect();
  gateway.reset();
  pass(2min);
  LONGS_EQUAL(1, count<uplink::Message>(told(End::kCollector)));
}

TEST(SimulatedBroker, sends_no_last_will_after_a_goodbye) {
  start({});
  connect();
  gateway->close();
  pass(2min);
  LONGS_EQUAL(0, count<uplink::Message>(told(End::kCollector)));
}

TEST(SimulatedBroker, keeps_an_end_out_for_the_time_of_an_outage) {
  start({});
  connect();
  broker->cut(End::kGateway, now + 5min);
  LONGS_EQUAL(1, count<uplink::LinkDown>(told(End::kGateway)));
  pass(4min);
  LONGS_EQUAL(0, told(End::kGateway).size());
  pass(2min);
  LONGS_EQUAL(1, count<uplink::LinkUp>(told(End::kGateway)));
}

TEST(SimulatedBroker, lets_nothing_of_a_muted_end_through) {
  start({});
  connect();
  broker->mute(End::kGateway);
  CHECK_FALSE(publish());
}

TEST(SimulatedBroker, has_room_for_as_much_as_the_real_link) {
  start({});
  connect();
  for (int i = 0; i < 16; ++i) CHECK_TRUE(publish());
  CHECK_FALSE(publish());
  pass(1s);
  CHECK_TRUE(publish());
}

TEST(SimulatedBroker, does_the_same_with_the_same_seed) {
  std::vector<std::size_t> sizes[2];
  for (std::vector<std::size_t>& one : sizes) {
    teardown();
    now = Instant(1s);
    start({.delay_max = 2s, .forget = 0.3, .duplicate = 0.3});
    connect();
    for (int i = 0; i < 50; ++i) {
      static_cast<void>(publish());
      pass(700ms);
      one.push_back(told(End::kCollector).size());
      told(End::kGateway);
    }
  }
  CHECK_TRUE(sizes[0] == sizes[1]);
}

TEST(SimulatedBroker, matches_filters_level_by_level) {
  CHECK_TRUE(matches("a/+/c", "a/b/c"));
  CHECK_TRUE(matches("a/b", "a/b"));
  CHECK_FALSE(matches("a/+", "a/b/c"));
  CHECK_FALSE(matches("a/+/c", "a/b"));
  CHECK_FALSE(matches("a/b", "a/c"));
}

}  // namespace sluice::sim
