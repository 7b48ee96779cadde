#include "collector/share_probe.hpp"

#include <string>
#include <string_view>

#include "core/log.hpp"
#include "tests/uplink/fake_link.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {
namespace {

constexpr const char* kTopic = "sluice/v1/collector/me/probe";

int errors = 0;
void count_errors(LogLevel level, std::string_view) {
  if (level == LogLevel::kError) ++errors;
}

}  // namespace

TEST_GROUP(ShareProbe) {
  uplink::FakeLink link;
  ShareProbe probe{"halls", "me", link};
  Instant now = instant_from_ns(0) + std::chrono::seconds(1000);

  void setup() override {
    errors = 0;
    set_log_sink(count_errors);
  }
  void teardown() override {
    set_log_sink(nullptr);
  }
  void wait_out() {
    now += ShareProbe::kPatience;
    probe.step(now);
  }
};

TEST(ShareProbe, is_subscribed_to_by_nobody_else) {
  STRCMP_EQUAL("$share/halls/sluice/v1/collector/me/probe",
               ShareProbe::subscription("halls", "me").c_str());
}

TEST(ShareProbe, says_at_each_connection_that_the_broker_does_not_share) {
  for (int connection = 1; connection <= 2; ++connection) {
    probe.link_up();
    probe.step(now);
    LONGS_EQUAL(1, link.take(kTopic).size());
    wait_out();
    wait_out();
    LONGS_EQUAL(connection, errors);
    CHECK_TRUE(probe.is_missing());
    probe.link_down();
  }
}

TEST(ShareProbe, says_nothing_when_it_comes_back) {
  probe.link_up();
  probe.step(now);
  CHECK_FALSE(probe.heard({"sluice/v1/gw/up/raw", {}, false}));
  CHECK_TRUE(probe.heard({kTopic, {}, false}));
  wait_out();
  LONGS_EQUAL(0, errors);
}

TEST(ShareProbe, does_not_count_the_time_without_a_link) {
  probe.link_up();
  probe.step(now);
  probe.link_down();
  wait_out();
  LONGS_EQUAL(0, errors);
}

TEST(ShareProbe, is_sent_once_there_is_room) {
  link.room = 0;
  probe.link_up();
  probe.step(now);
  link.room = 1;
  probe.step(now);
  LONGS_EQUAL(1, link.take(kTopic).size());
}

TEST(ShareProbe, is_not_needed_alone) {
  ShareProbe alone{"", "me", link};
  alone.link_up();
  alone.step(now);
  CHECK_TRUE(link.published.empty());
  CHECK_FALSE(alone.heard({"", {}, false}));
}

}  // namespace sluice::collector
