#include "uplink/uplink.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/uplink/fake_link.hpp"
#include "tests/uplink/fake_outbox.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RunId kRun{{1}};
constexpr const char* kStatus = "sluice/v1/gw/status";
constexpr const char* kHello = "sluice/v1/gw/hello";
constexpr const char* kLive = "sluice/v1/gw/live";

int warnings = 0;
void count_warnings(LogLevel level, std::string_view) {
  if (level == LogLevel::kWarning) ++warnings;
}

}  // namespace

TEST_GROUP(Uplink) {
  TemporaryFolder folder;
  FakeLink link;
  FakeOutbox outbox;
  Options options{.gateway = "gw"};
  Uplink uplink{options, kRun, link, outbox};
  Instant now = instant_from_ns(0) + seconds(1000);

  void setup() override {
    warnings = 0;
    set_log_sink(count_warnings);
  }
  void teardown() override {
    set_log_sink(nullptr);
  }

  void step() {
    uplink.step(now);
  }
  void connect() {
    link.events.push_back(LinkUp{});
    step();
  }
  void disconnect(const char* why) {
    link.events.push_back(LinkDown{why});
    step();
  }
  void receive(const char* topic, const Ack& ack) {
    link.events.push_back(Message{topic, encode(ack), false});
    step();
  }
  Live only_live() {
    const std::vector<Published> messages = link.take(kLive);
    LONGS_EQUAL(1, messages.size());
    return *decode_live(messages.at(0).payload);
  }
  void alert(const char* name) {
    LiveAlert one;
    one.name = name;
    uplink.live().alert(one);
  }
  void value(double number) {
    LiveValue one;
    one.channel = "t1";
    one.value = number;
    uplink.live().values({one});
  }
};

TEST(Uplink, says_online_at_every_connect_and_keeps_it_at_the_broker) {
  for (int time = 0; time < 2; ++time) {
    connect();
    const std::vector<Published> said = link.take(kStatus);
    LONGS_EQUAL(1, said.size());
    CHECK(said[0].retain == Retain::kYes);
    CHECK((*decode_status(said[0].payload) == Status{kRun, true}));
    disconnect("cable");
  }
}

TEST(Uplink, leaves_an_offline_as_its_last_will) {
  const Message will = Uplink::last_will(options, kRun);
  STRCMP_EQUAL(kStatus, will.topic.c_str());
  CHECK(will.retained);
  CHECK((*decode_status(will.payload) == Status{kRun, false}));
}

TEST(Uplink, says_hello_once_announced_and_at_every_connect) {
  connect();
  CHECK(link.take(kHello).empty());
  uplink.announce({kRun, "boot", "1", "hash", {}});
  step();
  LONGS_EQUAL(1, link.take(kHello).size());
  step();
  LONGS_EQUAL(0, link.take(kHello).size());
  disconnect("cable");
  connect();
  LONGS_EQUAL(1, link.take(kHello).size());
}

TEST(Uplink, believes_only_signed_acknowledgements_when_there_is_a_key) {
  const std::string path = folder.write("key", "a secret of the two");
  CHECK(::chmod(path.c_str(), 0600) == 0);
  options.ack_key_file = path;
  Uplink careful{options, kRun, link, outbox};
  const std::string topic = "sluice/v1/gw/ack/raw";
  const Bytes ack = encode(Ack{kRun, Stream::kRaw, {{1, 1, 7}}, {}});
  link.events.push_back(LinkUp{});
  link.events.push_back(Message{topic, ack, false});
  careful.step(now);
  LONGS_EQUAL(1, careful.snapshot().acks_unproven);
  CHECK_TRUE(outbox.acks.empty());
  link.events.push_back(Message{topic, AckKey::read(path)->sign(topic, ack), false});
  careful.step(now);
  LONGS_EQUAL(1, careful.snapshot().acks_unproven);
  LONGS_EQUAL(1, outbox.acks.size());
}

TEST(Uplink, believes_no_acknowledgement_while_its_key_cannot_be_read) {
  options.ack_key_file = folder.path_of("none");
  Uplink careful{options, kRun, link, outbox};
  link.events.push_back(LinkUp{});
  link.events.push_back(
      Message{"sluice/v1/gw/ack/raw", encode(Ack{kRun, Stream::kRaw, {{1, 1, 7}}, {}}), false});
  careful.step(now);
  LONGS_EQUAL(1, careful.snapshot().acks_unproven);
  CHECK_TRUE(outbox.acks.empty());
}

TEST(Uplink, believes_what_the_broker_has_kept_before_the_link_counts_as_up) {
  link.events.push_back(
      Message{"sluice/v1/gw/ack/raw", encode(Ack{kRun, Stream::kRaw, {{1, 1, 7}}, {}}), true});
  step();
  LONGS_EQUAL(0, uplink.snapshot().acks_unproven);
  LONGS_EQUAL(1, outbox.acks.size());
}

TEST(Uplink, hears_commands_that_are_for_it_and_sends_answers) {
  connect();
  for (const char* topic : {"sluice/v1/gw/cmd", "sluice/v1/other/cmd"}) {
    link.events.push_back(Message{topic, encode(RawCommand{"a", "t1", {}, {0, 1}}), false});
    now += seconds(10);
    step();
  }
  CHECK_TRUE(uplink.snapshot().commands.heard == 1);
  LONGS_EQUAL(1, uplink.snapshot().messages_ignored);
  STRCMP_EQUAL("a", uplink.desk().take()->id.c_str());
  uplink.desk().answer({"a"});
  step();
  LONGS_EQUAL(1, link.take("sluice/v1/gw/cmd/result").size());
}

TEST(Uplink, subscribes_to_commands_and_can_do_without) {
  const std::vector<std::string> filters = Uplink::subscriptions(options);
  LONGS_EQUAL(1, std::ranges::count(filters, Uplink::commands(options)));
  STRCMP_EQUAL("sluice/v1/gw/cmd", Uplink::commands(options).c_str());
}

TEST(Uplink, greets_later_when_the_link_is_full) {
  link.room = 0;
  connect();
  CHECK(link.take(kStatus).empty());
  link.room = 10;
  step();
  LONGS_EQUAL(1, link.take(kStatus).size());
}

TEST(Uplink, sends_an_alert_at_once) {
  connect();
  alert("hot");
  step();
  STRCMP_EQUAL("hot", only_live().alerts.at(0).name.c_str());
}

TEST(Uplink, keeps_alerts_while_the_link_is_down) {
  alert("hot");
  alert("cold");
  connect();
  LONGS_EQUAL(2, only_live().alerts.size());
}

TEST(Uplink, sends_values_and_counts_what_is_live) {
  connect();
  value(1.0);
  step();
  DOUBLES_EQUAL(1.0, only_live().values.at(0).value, 0.0);
  LONGS_EQUAL(1, uplink.snapshot().live_sent);
}

TEST(Uplink, gives_an_acknowledgement_to_storage) {
  outbox.add(kRun, Stream::kRaw, 1);
  connect();
  LONGS_EQUAL(1, uplink.snapshot().delivery.in_flight);
  receive("sluice/v1/gw/ack/raw", {kRun, Stream::kRaw, {{1, 1, 0}}, {}});
  LONGS_EQUAL(1, outbox.acks.size());
  LONGS_EQUAL(0, uplink.snapshot().delivery.in_flight);
}

TEST(Uplink, ignores_what_is_no_acknowledgement_of_ours) {
  connect();
  const Ack ack{kRun, Stream::kRaw, {{1, 1, 0}}, {}};
  receive("sluice/v1/other/ack/raw", ack);
  receive("sluice/v1/gw/ack/event", ack);  // the payload says raw
  receive("sluice/v1/gw/up/raw", ack);
  receive("elsewhere", ack);
  link.events.push_back(Message{"sluice/v1/gw/ack/raw", Bytes(3), false});
  step();
  LONGS_EQUAL(0, outbox.acks.size());
  LONGS_EQUAL(5, uplink.snapshot().messages_ignored);
}

TEST(Uplink, says_why_the_link_is_down_once) {
  connect();
  disconnect("refused");
  disconnect("refused");
  LONGS_EQUAL(1, warnings);
  disconnect("no route");
  LONGS_EQUAL(2, warnings);
  LONGS_EQUAL(1, uplink.snapshot().links_lost);
}

TEST(Uplink, holds_the_link_to_the_profile_of_its_interface) {
  LinkProfile cellular = unlimited_profile();
  cellular.name = "cellular";
  cellular.interfaces = {"wwan*"};
  cellular.budget.per_day = 1'000;
  options.profiles = {cellular};
  Uplink limited(options, kRun, link, outbox, folder.path_of("usage"));
  const TimeOfDay time{wall_time_from_ns(1'700'000'000'000'000'000), 720};
  link.wire = {600, 300};
  link.events.push_back(LinkUp{{}, "wwan0"});
  limited.step(now, time);
  outbox.add(kRun, Stream::kRaw, 1);
  limited.step(now, time);
  STRCMP_EQUAL("cellular", limited.snapshot().policy.profile.data());
  STRCMP_EQUAL("wwan0", limited.snapshot().policy.interface.data());
  LONGS_EQUAL(0, limited.snapshot().delivery.batches_sent);
  limited.close();

  link.wire = {};
  Uplink restarted(options, kRun, link, outbox, folder.path_of("usage"));
  link.events.push_back(LinkUp{{}, "wwan0"});
  restarted.step(now, time);
  restarted.step(now, time);
  CHECK(restarted.snapshot().policy.budget_left == 100U);
  LONGS_EQUAL(0, restarted.snapshot().delivery.batches_sent);
  link.events.push_back(LinkUp{{}, "eth0"});
  restarted.step(now, time);
  LONGS_EQUAL(1, restarted.snapshot().delivery.batches_sent);
}

TEST(Uplink, says_offline_before_it_closes) {
  connect();
  static_cast<void>(link.take(kStatus));
  uplink.close();
  CHECK((*decode_status(link.take(kStatus).at(0).payload) == Status{kRun, false}));
  CHECK(link.closed);
}

}  // namespace sluice::uplink
