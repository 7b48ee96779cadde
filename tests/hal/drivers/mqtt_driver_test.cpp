#include "hal/drivers/mqtt_driver.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "tests/hal/drivers/configured.hpp"
#include "tests/hal/mqtt/plain_broker.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(MqttDriver) {
  const std::unique_ptr<PlainBroker> broker = std::make_unique<PlainBroker>();
  std::unique_ptr<Configured> plug;
  Instant now{seconds(1'000)};

  void open(const std::string& keys) {
    plug = std::make_unique<Configured>("driver = \"mqtt\"\nbroker = \"" + broker->address() +
                                        "\"\ntopic = \"plug\"\n" + keys);
    CHECK_TRUE(comes([&] { return broker->topics().size() > 0; }));
  }
  Result<double> measure() {
    return plug->measure(now);
  }
  bool comes(const std::function<bool()>& holds) {
    for (int i = 0; i < 1'000'000; ++i) {
      static_cast<void>(measure());
      broker->serve();
      if (holds()) return true;
    }
    return false;
  }
  bool comes(double value) {
    return comes([&] {
      const Result<double> measured = measure();
      return measured.ok() && *measured == value;
    });
  }
  bool fails(ErrorCode code, const std::string& why = "") {
    return comes([&] {
      const Result<double> measured = measure();
      return !measured && measured.error().code == code &&
             measured.error().message.find(why) != std::string::npos;
    });
  }
  static std::string energy(int power, int second) {
    return "{\"ENERGY\":{\"Power\":" + std::to_string(power) + "},\"Time\":\"2026-11-30T21:00:0" +
           std::to_string(second) + "\"}";
  }
};

TEST(MqttDriver, reads_a_number) {
  open("");
  CHECK_TRUE(fails(ErrorCode::kNotFound, "no message on plug yet"));
  broker->publish("plug", "21.5");
  CHECK_TRUE(comes(21.5));
}

TEST(MqttDriver, reads_a_number_in_json) {
  open("path = \"ENERGY.Power\"\n");
  broker->publish("plug", energy(72, 0));
  CHECK_TRUE(comes(72.0));
}

TEST(MqttDriver, reads_words) {
  open("on = \"open\"\noff = \"closed\"\n");
  broker->publish("plug", "OPEN");
  CHECK_TRUE(comes(1.0));
  broker->publish("plug", "closed");
  CHECK_TRUE(comes(0.0));
}

TEST(MqttDriver, a_message_without_a_value_is_a_fault_and_counted) {
  open("path = \"ENERGY.Power\"\n");
  broker->publish("plug", energy(72, 0));
  CHECK_TRUE(comes(72.0));
  broker->publish("plug", "{\"ENERGY\":");
  CHECK_TRUE(fails(ErrorCode::kInvalid, "no JSON"));
  broker->publish("plug", "{\"ENERGY\":{\"Power\":[1]}}");
  CHECK_TRUE(fails(ErrorCode::kInvalid, "a list (2 such messages so far)"));
  broker->publish("plug", energy(73, 1));
  CHECK_TRUE(comes(73.0));
}

TEST(MqttDriver, a_message_that_waited_at_the_broker_is_no_fresh_value) {
  open("");
  broker->publish("plug", "5", true);
  broker->publish("other", "1");
  for (int i = 0; i < 1'000; ++i) CHECK_TRUE(measure().error().code == ErrorCode::kNotFound);
  broker->publish("plug", "6");
  CHECK_TRUE(comes(6.0));
}

TEST(MqttDriver, unless_it_is_asked_for) {
  open("retained = true\n");
  broker->publish("plug", "5", true);
  CHECK_TRUE(comes(5.0));
}

TEST(MqttDriver, a_value_stays_until_it_expires) {
  open("expire_after = \"5m\"\n");
  broker->publish("plug", "5");
  CHECK_TRUE(comes(5.0));
  for (int i = 0; i < 5; ++i) {
    now += minutes(1);
    CHECK_TRUE(comes(5.0));
  }
  now += seconds(1);
  CHECK_TRUE(fails(ErrorCode::kInvalid, "longer than expire_after"));
  broker->publish("plug", "6");
  CHECK_TRUE(comes(6.0));
}

TEST(MqttDriver, a_device_that_is_said_to_be_offline_has_no_value) {
  open("availability = \"plug/availability\"\n");
  CHECK_TRUE(comes([&] { return broker->topics().size() == 2; }));
  broker->publish("plug", "5");
  CHECK_TRUE(comes(5.0));
  broker->publish("plug/availability", "{\"state\":\"offline\"}", true);
  CHECK_TRUE(fails(ErrorCode::kNotFound, "offline"));
  broker->publish("plug/availability", "online", true);
  CHECK_TRUE(comes(5.0));
}

TEST(MqttDriver, leaves_out_what_comes_late) {
  open("path = \"ENERGY.Power\"\ntime_path = \"Time\"\n");
  broker->publish("plug", energy(10, 2));
  CHECK_TRUE(comes(10.0));
  broker->publish("plug", energy(20, 1));
  broker->publish("plug", energy(20, 1));
  for (int i = 0; i < 1'000; ++i) CHECK_EQUAL(10.0, measure().value());
  broker->publish("plug", energy(30, 3));
  CHECK_TRUE(comes(30.0));
}

TEST(MqttDriver, believes_a_clock_that_was_set_back_when_the_value_has_expired) {
  open("path = \"ENERGY.Power\"\ntime_path = \"Time\"\nexpire_after = \"1m\"\n");
  broker->publish("plug", energy(10, 2));
  CHECK_TRUE(comes(10.0));
  now += minutes(2);
  broker->publish("plug", energy(20, 1));
  CHECK_TRUE(comes(20.0));
}

TEST(MqttDriver, what_was_published_while_the_broker_was_away_is_not_known) {
  open("");
  broker->publish("plug", "5");
  CHECK_TRUE(comes(5.0));
  broker->hang_up();
  CHECK_TRUE(fails(ErrorCode::kUnavailable, "broker 127.0.0.1"));
  now += seconds(1);
  CHECK_TRUE(fails(ErrorCode::kNotFound, "no message"));
  CHECK_TRUE(comes([&] { return broker->topics().size() == 2; }));
  broker->publish("plug", "6");
  CHECK_TRUE(comes(6.0));
}

TEST(MqttDriver, says_when_a_message_has_come_since) {
  open("");
  Probe& probe = plug->open.polled->probe();
  for (int i = 0; i < 1'000; ++i) CHECK_FALSE(probe.listen(now));
  broker->publish("plug", "5");
  bool news = false;
  for (int i = 0; i < 1'000'000 && !news; ++i) news = probe.listen(now);
  CHECK_TRUE(news);
  CHECK_EQUAL(5.0, measure().value());
  CHECK_FALSE(probe.listen(now));
}

TEST(MqttDriver, is_told_what_does_not_go_together) {
  const std::string begin = "driver = \"mqtt\"\ntopic = \"t\"\n";
  STRCMP_EQUAL("", Configured::problems_of(begin).c_str());
  STRCMP_CONTAINS("channel[1].broker: \"mqtts://x\" is TLS",
                  Configured::problems_of(begin + "broker = \"mqtts://x\"\n").c_str());
  STRCMP_CONTAINS("channel[1].topic: a channel is one topic",
                  Configured::problems_of("driver = \"mqtt\"\ntopic = \"a/+\"\n").c_str());
  STRCMP_CONTAINS("channel[1].off: on and off are the same",
                  Configured::problems_of(begin + "off = \"ON\"\n").c_str());
}
