#include "uplink/mqtt_link.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/uplink/scripted_broker.hpp"
#include "uplink/tcp_socket.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

using std::chrono::seconds;
using Packet = ScriptedBroker::Packet;

// Looks of one millisecond; only a broken test needs them all.
constexpr int kLooks = 5'000;

// The ways of this machine, as a test says.
struct FakeRoutes final : RouteWatch {
  int descriptor() const override { return -1; }
  bool changed() override { return std::exchange(news, false); }
  std::string interface_to(const std::string& address) override {
    ++questions;
    asked_for = address;
    return way;
  }
  std::string way = "wlan0";
  bool news = false;
  int questions = 0;
  std::string asked_for;
};

constexpr std::uint8_t kVersion5 = 5;
constexpr std::uint8_t kVersion311 = 4;

}  // namespace

TEST_GROUP(MqttLink) {
  ScriptedBroker broker;
  LinkOptions options;
  MqttSession session;
  std::optional<MqttLink> link;
  Instant now = instant_from_ns(0) + seconds(1000);
  FakeRoutes* routes = nullptr;  // the link owns them; null: it has none
  std::vector<Packet> packets;   // at the broker
  std::vector<LinkEvent> events;

  void setup() override {
    options.host = "127.0.0.1";
    options.port = broker.port();
    options.client_id = "gw";
    session.subscriptions = {"a/+"};
    session.in_flight_max = 2;
  }
  void teardown() override {
    link.reset();
  }

  void start() {
    link.emplace(options, session);
  }
  void come_up_with_routes() {
    auto fake = std::make_unique<FakeRoutes>();
    routes = fake.get();
    link.emplace(options, session, std::move(fake));
    accept_v5();
    grant_v5();
    STRCMP_EQUAL("wlan0", event<LinkUp>().interface.c_str());
  }
  void change_route(const std::string& way) {
    routes->way = way;
    routes->news = true;
    static_cast<void>(link->poll(now));
    now += MqttLink::kRouteSettles;
  }
  // Polls for some time in which none passes.
  void look_on() {
    for (int look = 0; look < 20; ++look) {
      while (std::optional<LinkEvent> event = link->poll(now)) {
        events.push_back(std::move(*event));
      }
      for (Packet& one : broker.receive()) packets.push_back(std::move(one));
      link->wait(std::chrono::milliseconds(1));
    }
  }
  // Lets both sides go on until `done`.
  void until(const std::function<bool()>& done) {
    for (int look = 0; look < kLooks; ++look) {
      while (std::optional<LinkEvent> event = link->poll(now)) {
        events.push_back(std::move(*event));
      }
      for (Packet& packet : broker.receive()) packets.push_back(std::move(packet));
      if (done()) return;
      link->wait(std::chrono::milliseconds(1));
    }
    FAIL("nothing more happens");
  }
  Packet packet(int type) {
    const auto is_it = [type](const Packet& one) { return one.type == type; };
    until([&] { return std::any_of(packets.begin(), packets.end(), is_it); });
    const auto found = std::find_if(packets.begin(), packets.end(), is_it);
    Packet taken = *found;
    packets.erase(found);
    return taken;
  }
  template <typename Event>
  Event event() {
    const auto is_it = [](const LinkEvent& one) { return std::holds_alternative<Event>(one); };
    until([&] { return std::any_of(events.begin(), events.end(), is_it); });
    const auto found = std::find_if(events.begin(), events.end(), is_it);
    Event taken = std::get<Event>(*found);
    events.erase(found);
    return taken;
  }
  template <typename Event>
  bool happened() const {
    return std::any_of(events.begin(), events.end(),
                       [](const LinkEvent& one) { return std::holds_alternative<Event>(one); });
  }
  // Version in the body of a CONNECT, behind the protocol's name.
  static std::uint8_t version_in(const Packet& connect) {
    return connect.body.at(6);
  }

  void accept_v5() {
    CHECK(version_in(packet(ScriptedBroker::kConnect)) == kVersion5);
    broker.send({0x20, 3, 0, 0, 0});
  }
  void grant_v5(std::uint8_t reason = 1) {
    const Packet subscribe = packet(ScriptedBroker::kSubscribe);
    broker.send({0x90, 4, subscribe.body.at(0), subscribe.body.at(1), 0, reason});
  }
  void come_up() {
    start();
    accept_v5();
    grant_v5();
    event<LinkUp>();
  }
  // Identifier of a PUBLISH at QoS 1, behind its topic.
  static std::array<std::uint8_t, 2> id_of(const Packet& publish) {
    const std::size_t topic = publish.body.at(0) * 256U + publish.body.at(1);
    return {publish.body.at(topic + 2), publish.body.at(topic + 3)};
  }
  Result<std::uint32_t> publish(std::size_t size = 3) {
    return link->publish("b", Bytes(size), Retain::kNo);
  }
};

TEST(MqttLink, is_up_when_the_subscriptions_are_granted) {
  start();
  accept_v5();
  const Packet subscribe = packet(ScriptedBroker::kSubscribe);
  CHECK_FALSE(happened<LinkUp>());
  CHECK(publish().error().code == ErrorCode::kUnavailable);
  broker.send({0x90, 4, subscribe.body.at(0), subscribe.body.at(1), 0, 1});
  event<LinkUp>();
  CHECK(publish().ok());
}

TEST(MqttLink, says_how_large_a_packet_may_be) {
  session.packet_bytes_max = 0x12345;
  start();
  const Packet connect = packet(ScriptedBroker::kConnect);
  const std::vector<std::uint8_t> property = {0x27, 0x00, 0x01, 0x23, 0x45};
  CHECK(std::search(connect.body.begin(), connect.body.end(), property.begin(), property.end()) !=
        connect.body.end());
}

TEST(MqttLink, leaves_its_last_will) {
  session.last_will = Message{"will/topic", Bytes(2, std::byte{'w'}), true};
  start();
  const Packet connect = packet(ScriptedBroker::kConnect);
  const std::string text(connect.body.begin(), connect.body.end());
  CHECK(text.find("will/topic") != std::string::npos);
  CHECK((connect.body.at(7) & 0x2C) == 0x2C);  // retained, QoS 1, will
}

// Held back until LinkUp, many of them would fill the queue, and the link never come up.
TEST(MqttLink, tells_messages_that_come_before_it_is_up) {
  start();
  accept_v5();
  packet(ScriptedBroker::kSubscribe);
  broker.send({0x33, 8, 0, 3, 'a', '/', 'x', 0, 7, 0});
  const Message message = event<Message>();
  STRCMP_EQUAL("a/x", message.topic.c_str());
  CHECK(message.retained);
  CHECK_FALSE(happened<LinkUp>());
}

TEST(MqttLink, falls_back_when_v5_is_refused_in_the_words_of_v5) {
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 3, 0, 0x84, 0});
  CHECK(version_in(packet(ScriptedBroker::kConnect)) == kVersion311);
  CHECK_FALSE(happened<LinkDown>());
}

TEST(MqttLink, falls_back_when_v5_is_refused_in_the_words_of_3_1_1) {
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 2, 0, 1});
  CHECK(version_in(packet(ScriptedBroker::kConnect)) == kVersion311);
  broker.send({0x20, 2, 0, 0});
  const Packet subscribe = packet(ScriptedBroker::kSubscribe);
  broker.send({0x90, 3, subscribe.body.at(0), subscribe.body.at(1), 1});
  event<LinkUp>();
}

TEST(MqttLink, does_not_fall_back_when_told_not_to) {
  options.version = MqttVersion::kV5;
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 3, 0, 0x84, 0});
  event<LinkDown>();
}

TEST(MqttLink, speaks_3_1_1_where_bytes_may_be_changed_on_the_way) {
  options.host = "0.0.0.0";  // is this machine to Linux, and not to the link
  start();
  CHECK(version_in(packet(ScriptedBroker::kConnect)) == kVersion311);
}

TEST(MqttLink, speaks_v5_anywhere_when_told_to) {
  options.host = "0.0.0.0";
  options.version = MqttVersion::kV5;
  start();
  CHECK(version_in(packet(ScriptedBroker::kConnect)) == kVersion5);
}

TEST(MqttLink, speaks_3_1_1_when_told_to) {
  options.version = MqttVersion::kV311;
  start();
  CHECK(version_in(packet(ScriptedBroker::kConnect)) == kVersion311);
}

TEST(MqttLink, says_why_it_was_refused) {
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 3, 0, 0x86, 0});
  const LinkDown down = event<LinkDown>();
  CHECK(down.why.find("Bad User Name or Password") != std::string::npos);
  CHECK(down.fault == LinkFault::kAuthRefused);
}

TEST(MqttLink, is_of_no_use_without_its_subscription) {
  start();
  accept_v5();
  grant_v5(0x87);
  CHECK(event<LinkDown>().fault == LinkFault::kAccessRefused);
  CHECK_FALSE(happened<LinkUp>());
}

TEST(MqttLink, can_do_without_a_subscription_that_may_be_refused) {
  session.subscriptions = {"a/+", "cmd"};
  session.may_be_refused = "cmd";
  start();
  accept_v5();
  grant_v5();
  grant_v5(0x87);
  event<LinkUp>();
}

TEST(MqttLink, cannot_do_without_the_others) {
  session.subscriptions = {"a/+", "cmd"};
  session.may_be_refused = "cmd";
  start();
  accept_v5();
  grant_v5(0x87);
  CHECK(event<LinkDown>().fault == LinkFault::kAccessRefused);
}

TEST(MqttLink, gives_a_silent_broker_up) {
  start();
  packet(ScriptedBroker::kConnect);
  now += MqttLink::kGreetingTimeout - Duration(1);
  static_cast<void>(link->poll(now));
  CHECK_FALSE(happened<LinkDown>());
  now += Duration(1);
  event<LinkDown>();
}

TEST(MqttLink, says_what_the_broker_took_and_what_it_refused) {
  come_up();
  const Result<std::uint32_t> first = publish();
  const Result<std::uint32_t> second = publish();
  const auto first_id = id_of(packet(ScriptedBroker::kPublish));
  const auto second_id = id_of(packet(ScriptedBroker::kPublish));
  broker.send({0x40, 3, second_id[0], second_id[1], 0x97});
  const Taken refused = event<Taken>();
  CHECK(refused.token == *second);
  CHECK(refused.refused);
  broker.send({0x40, 2, first_id[0], first_id[1]});
  const Taken taken = event<Taken>();
  CHECK(taken.token == *first);
  CHECK_FALSE(taken.refused);
}

TEST(MqttLink, ignores_a_puback_for_nothing) {
  come_up();
  CHECK(publish().ok());
  const auto id = id_of(packet(ScriptedBroker::kPublish));
  broker.send({0x40, 2, 0x70, 0x01, 0x40, 2, id[0], id[1]});
  event<Taken>();
  CHECK_FALSE(happened<Taken>());
}

TEST(MqttLink, is_full_when_the_broker_is_behind) {
  come_up();
  CHECK(publish().ok());
  CHECK(publish().ok());
  CHECK(publish().error().code == ErrorCode::kFull);
  const auto id = id_of(packet(ScriptedBroker::kPublish));
  broker.send({0x40, 2, id[0], id[1]});
  event<Taken>();
  CHECK(publish().ok());
}

TEST(MqttLink, refuses_what_the_broker_would_not_take) {
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 8, 0, 0, 5, 0x27, 0, 0, 0, 100});  // at most 100 bytes a packet
  grant_v5();
  event<LinkUp>();
  CHECK(publish(200).error().code == ErrorCode::kRefused);
  CHECK(publish(20).ok());
}

TEST(MqttLink, forgets_what_was_under_way_when_it_goes_down) {
  come_up();
  CHECK(publish().ok());
  packet(ScriptedBroker::kPublish);
  broker.hang_up();
  event<LinkDown>();
  CHECK(publish().error().code == ErrorCode::kUnavailable);
  now += Backoff::kBoundMax;
  accept_v5();
  grant_v5();
  event<LinkUp>();
  const std::vector<Packet> sent_again = broker.receive();
  CHECK(sent_again.empty());
  CHECK_FALSE(happened<Taken>());
}

TEST(MqttLink, says_when_the_broker_ends_it) {
  come_up();
  broker.send({0xE0, 2, 0x8E, 0});
  const LinkDown down = event<LinkDown>();
  STRCMP_EQUAL("the broker ends the connection: Session taken over", down.why.c_str());
  CHECK(down.fault == LinkFault::kTakenOver);
}

TEST(MqttLink, waits_before_it_tries_again) {
  come_up();
  broker.hang_up();
  event<LinkDown>();
  const std::size_t before = packets.size();
  for (int look = 0; look < 10; ++look) {
    CHECK_FALSE(link->poll(now - Duration(1)).has_value());
    for (Packet& one : broker.receive()) packets.push_back(std::move(one));
  }
  LONGS_EQUAL(before, packets.size());
  now += Backoff::kBoundMax;
  accept_v5();
}

TEST(MqttLink, drops_a_broker_that_talks_rubbish) {
  come_up();
  broker.send({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF});
  event<LinkDown>();
}

TEST(MqttLink, says_goodbye) {
  come_up();
  link->close();
  packet(ScriptedBroker::kDisconnect);
  CHECK_FALSE(link->poll(now + Backoff::kBoundMax).has_value());
  CHECK(publish().error().code == ErrorCode::kUnavailable);
}

TEST(MqttLink, does_not_connect_with_credentials_that_others_may_read) {
  options.credentials_file = "/dev/null";
  start();
  CHECK(event<LinkDown>().fault == LinkFault::kCredentials);
  for (const Packet& one : broker.receive()) CHECK(one.type != ScriptedBroker::kConnect);
}

TEST(MqttLink, opens_one_connection_for_each_connect) {
  come_up();
  LONGS_EQUAL(1, broker.connections());
}

// A broker often listens on IPv4 alone while the name has an IPv6 address first.
TEST(MqttLink, tries_every_address_of_a_name) {
  options.host = "localhost";
  come_up();
}

TEST(MqttLink, says_when_nobody_listens) {
  broker.stop_listening();
  start();
  const LinkDown down = event<LinkDown>();
  CHECK(down.fault == LinkFault::kUnreachable);
  STRCMP_EQUAL("127.0.0.1: Connection refused", down.why.c_str());
}

TEST(MqttLink, says_when_a_name_has_no_address) {
  options.host = "not a host name";
  start();
  CHECK(event<LinkDown>().fault == LinkFault::kDns);
}

TEST(MqttLink, gives_an_address_up_after_its_time) {
  broker.drop_what_comes();
  start();
  static_cast<void>(link->poll(now));
  CHECK_FALSE(link->poll(now + MqttLink::kAddressTimeout - Duration(1)).has_value());
  const std::optional<LinkEvent> late = link->poll(now + MqttLink::kAddressTimeout);
  CHECK(late.has_value());
  CHECK(std::get<LinkDown>(*late).fault == LinkFault::kUnreachable);
}

TEST(MqttLink, tells_what_the_broker_announces) {
  start();
  packet(ScriptedBroker::kConnect);
  // Receive maximum 1, keep-alive 7 s, nothing retained, packets of 100 bytes.
  broker.send({0x20, 16, 0, 0, 13, 0x21, 0, 1, 0x13, 0, 7, 0x25, 0, 0x27, 0, 0, 0, 100});
  grant_v5();
  const LinkUp up = event<LinkUp>();
  LONGS_EQUAL(1, up.limits.receive_max);
  LONGS_EQUAL(100, up.limits.packet_bytes_max);
  CHECK_FALSE(up.limits.retain);
  CHECK(up.limits.keep_alive == seconds(7));
  STRCMP_EQUAL("lo", up.interface.c_str());
}

TEST(MqttLink, keeps_to_the_receive_maximum) {
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 6, 0, 0, 3, 0x21, 0, 1});
  grant_v5();
  event<LinkUp>();
  CHECK(publish().ok());
  CHECK(publish().error().code == ErrorCode::kFull);
}

TEST(MqttLink, retains_nothing_where_nothing_is_retained) {
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 5, 0, 0, 2, 0x25, 0});
  grant_v5();
  event<LinkUp>();
  CHECK(link->publish("b", Bytes(3), Retain::kYes).ok());
  packet(ScriptedBroker::kPublish);
}

TEST(MqttLink, leaves_a_will_that_is_not_retained_where_nothing_is) {
  session.last_will = Message{"will/topic", Bytes(2, std::byte{'w'}), true};
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 3, 0, 0x9A, 0});
  const Packet second = packet(ScriptedBroker::kConnect);
  CHECK((second.body.at(7) & 0x2C) == 0x0C);  // QoS 1, will
}

TEST(MqttLink, refuses_a_broker_without_qos_1) {
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 5, 0, 0, 2, 0x24, 0});
  CHECK(event<LinkDown>().fault == LinkFault::kQosRefused);
}

TEST(MqttLink, passes_the_reason_of_a_refused_publication_on) {
  come_up();
  CHECK(publish().ok());
  const auto id = id_of(packet(ScriptedBroker::kPublish));
  broker.send({0x40, 3, id[0], id[1], Taken::kQuotaExceeded});
  LONGS_EQUAL(Taken::kQuotaExceeded, event<Taken>().reason);
}

TEST(MqttLink, waits_no_longer_than_it_is_told) {
  options.retry_max = std::chrono::seconds(1);
  start();
  for (int tries = 0; tries < 20; ++tries) {
    packet(ScriptedBroker::kConnect);
    broker.hang_up();
    event<LinkDown>();
    CHECK_TRUE(link->next_try() <= now + std::chrono::seconds(1));
    now += std::chrono::seconds(1);
  }
}

TEST(MqttLink, waits_long_after_a_refusal) {
  start();
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 3, 0, 0x86, 0});
  event<LinkDown>();
  CHECK_TRUE(link->next_try() >= now + Backoff::kRefusedMin);
  now += Backoff::kRefusedMin - Duration(1);
  CHECK_FALSE(link->poll(now).has_value());
  LONGS_EQUAL(1, broker.connections());
  now += Backoff::kRefusedMax;
  packet(ScriptedBroker::kConnect);
  CHECK_FALSE(link->next_try().has_value());
}

TEST(MqttLink, waits_long_when_it_is_taken_over_again_and_again) {
  start();
  for (std::size_t times = 0; times <= MqttLink::kTakeoversMax; ++times) {
    accept_v5();
    grant_v5();
    event<LinkUp>();
    broker.send({0xE0, 2, 0x8E, 0});
    CHECK(event<LinkDown>().fault == LinkFault::kTakenOver);
    now += Backoff::kBoundMax;
  }
  const int before = broker.connections();
  static_cast<void>(link->poll(now));
  broker.receive();
  LONGS_EQUAL(before, broker.connections());
}

TEST(MqttLink, does_not_come_back_with_all_others_when_power_returns) {
  now = instant_from_ns(0) + seconds(20);
  start();
  static_cast<void>(link->poll(now));
  broker.receive();
  LONGS_EQUAL(0, broker.connections());
  now += MqttLink::kPowerReturnSpread;
  packet(ScriptedBroker::kConnect);
}

// A thousand gateways get their power back together, and their broker eleven minutes later.
TEST(MqttLink, is_one_of_a_thousand_that_come_back_a_few_at_a_time) {
  constexpr std::size_t kFleet = 1'000;
  constexpr std::size_t kLookEveryMs = 250;
  constexpr std::size_t kSeconds = 660;
  broker.stop_listening();
  now = instant_from_ns(0) + seconds(20);
  std::deque<MqttLink> fleet;
  for (std::size_t number = 0; number < kFleet; ++number) {
    session.seed = number;
    fleet.emplace_back(options, session);
  }
  std::vector<std::size_t> tries(kSeconds);  // in each second
  for (std::size_t ms = 0; ms < 1'000 * kSeconds; ms += kLookEveryMs) {
    for (MqttLink& one : fleet) {
      while (one.poll(now)) ++tries[ms / 1'000];
    }
    now += std::chrono::milliseconds(kLookEveryMs);
  }
  const auto tenth_minute = tries.end() - 60;
  CHECK(std::accumulate(tries.begin(), tries.end(), std::size_t{0}) > 10 * kFleet);
  // The first try of each lies somewhere in half a minute, and the next four follow soon.
  CHECK(*std::max_element(tries.begin(), tenth_minute) < kFleet / 4);
  // One minute from one try to the next, in the mean: 17 a second.
  CHECK(*std::max_element(tenth_minute, tries.end()) < kFleet / 20);
}

TEST(MqttLink, makes_a_new_connection_when_another_interface_carries_the_way) {
  come_up_with_routes();
  STRCMP_EQUAL("127.0.0.1", routes->asked_for.c_str());
  now += MqttLink::kGoodAfter;
  change_route("eth0");
  const LinkDown down = event<LinkDown>();
  CHECK(down.fault == LinkFault::kRouteChanged);
  STRCMP_EQUAL("the way to it is over eth0 now", down.why.c_str());
  // At once: no time has passed.
  accept_v5();
  grant_v5();
  STRCMP_EQUAL("eth0", event<LinkUp>().interface.c_str());
}

TEST(MqttLink, stays_where_it_is_when_the_way_is_the_same_or_none) {
  come_up_with_routes();
  now += MqttLink::kGoodAfter;
  for (const char* const way : {"wlan0", ""}) {
    const int before = routes->questions;
    change_route(way);
    look_on();
    LONGS_EQUAL(before + 1, routes->questions);
    CHECK_FALSE(happened<LinkDown>());
  }
}

// However long the burst is.
TEST(MqttLink, asks_for_the_way_once_for_a_burst_of_changes) {
  come_up_with_routes();
  const int before = routes->questions;
  for (int i = 0; i < 300; ++i) {
    routes->news = true;
    static_cast<void>(link->poll(now));
    now += MqttLink::kRouteSettles / 200;
  }
  LONGS_EQUAL(before + 1, routes->questions);
  now += MqttLink::kRouteSettles;
  look_on();
  LONGS_EQUAL(before + 2, routes->questions);
  CHECK_FALSE(happened<LinkDown>());
}

// Each connection costs, and an interface may go up and down all day.
TEST(MqttLink, takes_its_time_when_the_way_changes_again_and_again) {
  come_up_with_routes();
  change_route("eth0");
  event<LinkDown>();
  int at_once = 0;
  for (int times = 0; times < 10; ++times) {
    const int before = broker.connections();
    look_on();
    at_once += broker.connections() != before;
    now += Backoff::kBoundMax;
    accept_v5();
    grant_v5();
    event<LinkUp>();
    change_route(times % 2 == 0 ? "wlan0" : "eth0");
    event<LinkDown>();
  }
  CHECK(at_once < 3);
}

TEST(MqttLink, tries_at_once_when_a_way_appears) {
  come_up_with_routes();
  for (int times = 0; times < 8; ++times) {
    broker.hang_up();
    event<LinkDown>();
    now += Backoff::kBoundMax;
    packet(ScriptedBroker::kConnect);
  }
  broker.hang_up();
  event<LinkDown>();
  const int before = broker.connections();
  change_route("wlan0");
  look_on();
  LONGS_EQUAL(before, broker.connections());
  change_route("eth0");
  packet(ScriptedBroker::kConnect);
}

TEST(MqttLink, another_way_does_not_shorten_a_refusal) {
  come_up_with_routes();
  broker.hang_up();
  event<LinkDown>();
  now += Backoff::kBoundMax;
  packet(ScriptedBroker::kConnect);
  broker.send({0x20, 3, 0, 0x86, 0});
  event<LinkDown>();
  const int before = broker.connections();
  change_route("eth0");
  look_on();
  LONGS_EQUAL(before, broker.connections());
}

TEST(MqttLink, does_not_come_back_with_all_others_when_the_broker_restarts) {
  constexpr int kFleet = 40;
  int at_once = 0;
  for (int number = 0; number < kFleet; ++number) {
    session.seed = static_cast<std::uint64_t>(number);
    come_up();
    now += MqttLink::kGoodAfter;
    broker.hang_up();
    event<LinkDown>();
    const int before = broker.connections();
    now += seconds(1);
    look_on();
    at_once += broker.connections() != before;
    packets.clear();
    events.clear();
  }
  // An eighth in the first second.
  CHECK(at_once > 0);
  CHECK(at_once < kFleet / 4);
}

TEST(MqttLink, is_silent_for_a_shorter_time_after_it_was_cut_in_silence) {
  options.keep_alive = {.min = seconds(10), .begin = seconds(60), .max = seconds(600)};
  come_up();
  now += seconds(70);
  broker.hang_up();
  event<LinkDown>();
  now += Backoff::kBoundMax;
  const Packet connect = packet(ScriptedBroker::kConnect);
  LONGS_EQUAL(30, connect.body.at(8) * 256 + connect.body.at(9));
}

TEST(MqttLink, counts_the_bytes_on_the_wire) {
  come_up();
  const Traffic before = link->traffic();
  if (!traffic_of(broker.peer())) return;  // an emulator does not pass the question on
  CHECK(before.bytes_sent > 0);
  CHECK(publish(10'000).ok());
  packet(ScriptedBroker::kPublish);
  const Traffic after = link->traffic();
  CHECK(after.bytes_sent >= before.bytes_sent + 10'000);
  CHECK(after.bytes_sent < before.bytes_sent + 12'000);
  broker.hang_up();
  event<LinkDown>();
  CHECK(link->traffic().bytes_sent >= after.bytes_sent);
}

// A descriptor lost at each would end the process after a thousand.
TEST(MqttLink, loses_no_descriptor_over_thousands_of_flaps) {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  come_up();
  const auto before = descriptors();
  for (int flaps = 0; flaps < 2'000; ++flaps) {
    broker.hang_up();
    event<LinkDown>();
    now += Backoff::kBoundMax;
    // Cut at every stage in turn.
    packet(ScriptedBroker::kConnect);
    if (flaps % 3 == 0) continue;
    broker.send({0x20, 3, 0, 0, 0});
    if (flaps % 3 == 1) continue;
    grant_v5();
    event<LinkUp>();
  }
  CHECK(descriptors() <= before);
}

}  // namespace sluice::uplink
