#include "hal/mqtt/mqtt_bus.hpp"

#include <sys/stat.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "hal/mqtt/mqtt_value.hpp"
#include "tests/hal/mqtt/plain_broker.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(MqttBus) {
  const std::unique_ptr<PlainBroker> broker = std::make_unique<PlainBroker>();
  std::unique_ptr<hal::MqttBus> bus = open(broker->address());
  Instant now{seconds(1'000)};

  std::unique_ptr<hal::MqttBus> open(const std::string& address, const std::string& secret = "") {
    return std::make_unique<hal::MqttBus>(
        hal::MqttBus::Options{.address = *parse_mqtt_address(address), .credentials_file = secret});
  }
  // Both sides work, without time going by, until it holds: the kernel needs a moment.
  bool comes(const std::function<bool()>& holds) {
    for (int i = 0; i < 1'000'000; ++i) {
      bus->serve(now);
      broker->serve();
      if (holds()) return true;
    }
    return false;
  }
  bool connects() {
    return comes([&] { return bus->newest("t", now).ok(); });
  }
  bool subscribes() {
    return connects() && comes([&] { return !broker->topics().empty(); });
  }
  std::string payload(const std::string& topic = "t") {
    const auto newest = bus->newest(topic, now);
    return newest.ok() ? (*newest)->payload : newest.error().message;
  }
  std::uint64_t serial() {
    return (*bus->newest("t", now))->serial;
  }
};

TEST(MqttBus, understands_where_a_broker_is) {
  STRCMP_EQUAL("1883", parse_mqtt_address("mqtt://localhost")->port.c_str());
  STRCMP_EQUAL("::1", parse_mqtt_address("mqtt://[::1]:1884")->host.c_str());
  STRCMP_EQUAL("1884", parse_mqtt_address("mqtt://[::1]:1884")->port.c_str());
  for (const char* text : {"localhost", "mqtt://", "mqtt://user@host", "mqtt://host:0",
                           "mqtt://host:70000", "mqtt://host:x", "mqtt://[::1", "mqtts://host"}) {
    CHECK_FALSE_TEXT(parse_mqtt_address(text).ok(), text);
  }
}

TEST(MqttBus, asks_for_a_topic_and_has_its_newest_message) {
  CHECK_TRUE(bus->newest("t", now).error().code == ErrorCode::kUnavailable);
  CHECK_TRUE(subscribes());
  STRCMP_EQUAL("t", broker->topics()[0].c_str());
  UNSIGNED_LONGS_EQUAL(0, serial());
  broker->publish("t", "1");
  broker->publish("t", "2");
  CHECK_TRUE(comes([&] { return payload() == "2"; }));
  CHECK_TRUE((*bus->newest("t", now))->arrived == now);
  CHECK_FALSE((*bus->newest("t", now))->retained);
}

TEST(MqttBus, tells_a_repeated_message_from_the_one_before) {
  CHECK_TRUE(subscribes());
  broker->publish("t", "1");
  CHECK_TRUE(comes([&] { return serial() != 0; }));
  const std::uint64_t before = serial();
  broker->publish("t", "1");
  CHECK_TRUE(comes([&] { return serial() != before; }));
}

TEST(MqttBus, knows_what_waited_at_the_broker) {
  CHECK_TRUE(subscribes());
  broker->publish("t", "old", true);
  CHECK_TRUE(comes([&] { return payload() == "old"; }));
  CHECK_TRUE((*bus->newest("t", now))->retained);
}

TEST(MqttBus, asks_for_further_topics_on_the_same_connection) {
  CHECK_TRUE(subscribes());
  CHECK_TRUE(bus->newest("u", now).ok());
  CHECK_TRUE(comes([&] { return broker->topics().size() == 2; }));
  broker->publish("u", "5");
  CHECK_TRUE(comes([&] { return payload("u") == "5"; }));
  CHECK_EQUAL(1, broker->connections());
}

TEST(MqttBus, comes_back_with_its_topics_and_without_what_it_knew) {
  CHECK_TRUE(subscribes());
  broker->publish("t", "1");
  CHECK_TRUE(comes([&] { return payload() == "1"; }));
  broker->hang_up();
  CHECK_TRUE(comes([&] { return !bus->newest("t", now).ok(); }));
  now += hal::MqttBus::kRetryMin;
  CHECK_TRUE(comes([&] { return broker->topics().size() == 2; }));
  STRCMP_EQUAL("t", broker->topics()[1].c_str());
  CHECK_TRUE(comes([&] { return bus->newest("t", now).ok(); }));
  UNSIGNED_LONGS_EQUAL(0, serial());
}

TEST(MqttBus, does_not_come_back_at_once_to_a_broker_that_hangs_up) {
  CHECK_TRUE(subscribes());
  broker->hang_up();
  CHECK_TRUE(comes([&] { return !bus->newest("t", now).ok(); }));
  for (int i = 0; i < 1'000; ++i) {
    bus->serve(now);
    broker->serve();
  }
  CHECK_EQUAL(1, broker->connections());
}

TEST(MqttBus, tries_ever_more_rarely) {
  broker->stop_listening();
  const auto fails = [&] {
    return comes([&] {
      const std::string why = payload();
      return why.find("refused") != std::string::npos;
    });
  };
  CHECK_TRUE(fails());
  // Within a second it does not try again; the reason stays what it was.
  now += milliseconds(999);
  bus->serve(now);
  STRCMP_CONTAINS("refused", payload().c_str());
  now += milliseconds(1);
  CHECK_TRUE(fails());
  now += hal::MqttBus::kRetryMin;
  bus->serve(now);
  STRCMP_CONTAINS("refused", payload().c_str());
}

TEST(MqttBus, gives_a_broker_up_that_does_not_answer) {
  const uplink::ScriptedBroker silent;
  bus = open("mqtt://127.0.0.1:" + std::to_string(silent.port()));
  bus->serve(now);
  now += hal::MqttBus::kConnectLimit + milliseconds(1);
  bus->serve(now);
  STRCMP_CONTAINS("does not answer", payload().c_str());
}

TEST(MqttBus, speaks_5_and_tells_an_old_broker_in_its_own_version) {
  CHECK_TRUE(subscribes());
  CHECK_EQUAL(5, broker->version());
  const std::unique_ptr<PlainBroker> old = std::make_unique<PlainBroker>();
  old->refuse_version_5();
  bus = open(old->address());
  for (int i = 0; i < 1'000'000 && old->topics().empty(); ++i) {
    bus->serve(now);
    old->serve();
    static_cast<void>(bus->newest("t", now));
    if (i % 1'000 == 999) now += milliseconds(100);
  }
  CHECK_EQUAL(4, old->version());
  CHECK_EQUAL(1U, old->topics().size());
}

TEST(MqttBus, says_that_a_topic_may_not_be_read) {
  broker->refuse_subscriptions();
  CHECK_TRUE(comes([&] {
    const auto newest = bus->newest("t", now);
    return !newest && newest.error().code == ErrorCode::kRefused;
  }));
}

TEST(MqttBus, keeps_no_more_of_a_message_than_is_read) {
  CHECK_TRUE(subscribes());
  broker->publish("t", std::string(kMqttPayloadMax + 1'000, 'x'));
  CHECK_TRUE(comes([&] { return serial() != 0; }));
  UNSIGNED_LONGS_EQUAL(kMqttPayloadMax + 1, payload().size());
}

TEST(MqttBus, keeps_the_newest_of_a_flood) {
  CHECK_TRUE(subscribes());
  for (int i = 0; i <= 5'000; ++i) {
    broker->publish("t", std::to_string(i));
    if (i % 100 == 0) bus->serve(now);
  }
  CHECK_TRUE(comes([&] { return payload() == "5000"; }));
}

TEST(MqttBus, leaves_topics_that_nobody_asks_for) {
  CHECK_TRUE(subscribes());
  broker->publish("t", "1");
  CHECK_TRUE(comes([&] { return payload() == "1"; }));
  now += hal::MqttBus::kUnasked + seconds(1);
  bus->serve(now);
  UNSIGNED_LONGS_EQUAL(0, serial());
}

TEST(MqttBus, is_bounded_in_topics) {
  for (std::size_t i = 0; i < hal::MqttBus::kTopicsMax; ++i) {
    static_cast<void>(bus->newest("t" + std::to_string(i), now));
  }
  CHECK_TRUE(bus->newest("more", now).error().code == ErrorCode::kFull);
}

TEST(MqttBus, sends_no_secret_that_others_can_read) {
  TemporaryFolder folder;
  const std::string path = folder.write("secret", "user\npassword\n");
  CHECK_EQUAL(0, chmod(path.c_str(), 0644));
  bus = open(broker->address(), path);
  bus->serve(now);
  STRCMP_CONTAINS("may be read by others", payload().c_str());
  CHECK_EQUAL(0, chmod(path.c_str(), 0600));
  now += seconds(2);
  CHECK_TRUE(connects());
}
