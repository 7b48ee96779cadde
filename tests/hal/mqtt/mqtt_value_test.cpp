#include "hal/mqtt/mqtt_value.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(MqttValue){double value(const std::string& payload, const MqttSelection& selection = {}){
    const Result<hal::MqttValue> found = mqtt_value(payload, selection);
CHECK_TRUE_TEXT(found.ok(), payload.c_str());
return found->value;
}
void expect_error(const char* expected, const std::string& payload,
                  const MqttSelection& selection = {}) {
  const Result<hal::MqttValue> found = mqtt_value(payload, selection);
  CHECK_FALSE_TEXT(found.ok(), payload.c_str());
  CHECK_TRUE(found.error().code == ErrorCode::kInvalid);
  STRCMP_CONTAINS(expected, found.error().message.c_str());
}
}
;

TEST(MqttValue, is_the_number_of_a_text) {
  CHECK_EQUAL(21.5, value("21.5"));
  CHECK_EQUAL(-3.0, value(" -3\n"));
  CHECK_EQUAL(1500.0, value("1.5e3"));
}

TEST(MqttValue, is_1_or_0_for_on_and_off) {
  CHECK_EQUAL(1.0, value("ON"));
  CHECK_EQUAL(0.0, value("off"));
  CHECK_EQUAL(1.0, value("true"));
  CHECK_EQUAL(0.0, value("False"));
  CHECK_EQUAL(1.0, value("open", {.on = "OPEN", .off = "CLOSED"}));
  CHECK_EQUAL(0.0, value("Closed", {.on = "OPEN", .off = "CLOSED"}));
}

TEST(MqttValue, is_refused_when_a_text_says_something_else) {
  expect_error("a text of 6 bytes is neither a number nor \"ON\" or \"OFF\"", "21.5 C");
  expect_error("neither", "nan");
  expect_error("neither", "1e999");
}

// What Tasmota, Zigbee2MQTT and ESPHome send, from their documentation.
TEST(MqttValue, is_found_in_the_json_of_devices) {
  const std::string tasmota =
      R"({"Time":"2026-11-30T21:00:00","ENERGY":{"Total":3.185,"Power":[72,0],"Voltage":232}})";
  CHECK_EQUAL(232.0, value(tasmota, {.path = "ENERGY.Voltage"}));
  CHECK_EQUAL(72.0, value(tasmota, {.path = "ENERGY.Power.0"}));
  const std::string zigbee =
      R"({"battery":97.5,"contact":false,"state":"ON","temperature":"21.4","x":{"state":null}})";
  CHECK_EQUAL(97.5, value(zigbee, {.path = "battery"}));
  CHECK_EQUAL(0.0, value(zigbee, {.path = "contact"}));
  CHECK_EQUAL(1.0, value(zigbee, {.path = "state"}));
  CHECK_EQUAL(21.4, value(zigbee, {.path = "temperature"}));
}

TEST(MqttValue, does_not_give_a_message_away_when_it_is_refused) {
  for (const char* const payload : {"hunter2", "{\"name\":\"hunter2\"}", "{hunter2"}) {
    for (const char* const path : {"", "name", "value"}) {
      const Result<MqttValue> found = mqtt_value(payload, {.path = path});
      CHECK_FALSE(found.ok());
      CHECK_TRUE(found.error().message.find("hunter2") == std::string::npos);
    }
  }
}

TEST(MqttValue, is_found_by_a_pointer) {
  const std::string json = R"({"a.b":{"c/d":[1,{"~":7}]}})";
  CHECK_EQUAL(7.0, value(json, {.path = "/a.b/c~1d/1/~0"}));
}

TEST(MqttValue, is_refused_when_there_is_none_at_the_path) {
  const std::string json = R"({"a":{"b":null,"c":[1],"d":{}}})";
  expect_error("there is nothing at \"a.x\"", json, {.path = "a.x"});
  expect_error("there is nothing at \"a.c.1\"", json, {.path = "a.c.1"});
  expect_error("there is nothing at \"a.c.-1\"", json, {.path = "a.c.-1"});
  expect_error("there is nothing at \"a.b.c\"", json, {.path = "a.b.c"});
  expect_error("no number but null", json, {.path = "a.b"});
  expect_error("no number but a list", json, {.path = "a.c"});
  expect_error("no number but an object", json, {.path = "a.d"});
}

TEST(MqttValue, is_refused_when_the_json_is_broken) {
  const std::string json = R"({"a":{"b":12}})";
  for (std::size_t length = 0; length < json.size(); ++length) {
    expect_error("", json.substr(0, length), {.path = "a.b"});
  }
  expect_error("no JSON", R"({"a":1e999})", {.path = "a"});
  expect_error("no JSON", "{\"a\":\"\xff\"}", {.path = "a"});
}

TEST(MqttValue, is_bounded_in_size_and_depth) {
  expect_error("at most 65536", std::string(kMqttPayloadMax + 1, ' '));
  const std::string deep = std::string(20'000, '[') + std::string(20'000, ']');
  expect_error("no JSON", "{\"a\":1,\"b\":" + deep + "}", {.path = "a"});
  CHECK_EQUAL(1.0, value(R"({"a":1,"b":[[[[[[[[]]]]]]]]})", {.path = "a"}));
}

TEST(MqttValue, has_the_time_of_its_sender) {
  const auto sent = [](const std::string& stamp) {
    const Result<hal::MqttValue> found =
        mqtt_value("{\"v\":1,\"t\":" + stamp + "}", {.path = "v", .time_path = "t"});
    CHECK_TRUE_TEXT(found.ok(), stamp.c_str());
    return *found->sent_ns;
  };
  constexpr std::int64_t kNs = 1'796'072'400'500'000'000;
  LONGS_EQUAL(kNs, sent("\"2026-11-30T21:00:00.5Z\""));
  LONGS_EQUAL(kNs, sent("\"2026-11-30T22:00:00.5+01:00\""));
  LONGS_EQUAL(kNs, sent("\"2026-11-30T15:30:00.5-05:30\""));
  LONGS_EQUAL(kNs, sent("\"2026-11-30 21:00:00.5\""));
  LONGS_EQUAL(kNs, sent("1796072400500"));
  LONGS_EQUAL(kNs - 500'000'000, sent("1796072400"));
  LONGS_EQUAL(kNs - 500'000'000, sent("\"1796072400\""));
  expect_error("there is no time", R"({"v":1})", {.path = "v", .time_path = "t"});
  expect_error("there is no time", R"({"v":1,"t":"noon"})", {.path = "v", .time_path = "t"});
  expect_error("there is no time", R"({"v":1,"t":1e300})", {.path = "v", .time_path = "t"});
}

TEST(MqttValue, takes_no_time_that_is_none) {
  for (const char* text :
       {"", "2026-11-30", "2026-11-30T21:00:00+0100", "2026-11-30T21:00:00+25:00",
        "2026-11-30T21:00:00Zx", "2026-13-30T21:00:00Z", "yesterday at noon 12:00"}) {
    CHECK_FALSE_TEXT(mqtt_time(text).has_value(), text);
  }
}

TEST(MqttValue, knows_how_devices_say_that_they_are_there) {
  CHECK_TRUE(mqtt_availability("online") == true);
  CHECK_TRUE(mqtt_availability("Offline") == false);
  CHECK_TRUE(mqtt_availability(R"({"state":"offline"})") == false);
  CHECK_TRUE(mqtt_availability(R"({"state":"online"})") == true);
  CHECK_FALSE(mqtt_availability("").has_value());
  CHECK_FALSE(mqtt_availability("maybe").has_value());
  CHECK_FALSE(mqtt_availability(R"({"state":1})").has_value());
}
