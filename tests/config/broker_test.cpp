#include "config/broker.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(Broker){void expect(const char* host, int port, const char* text)
                       const {const Result<Broker> broker = parse_broker(text);
CHECK_TRUE_TEXT(broker.ok(), text);
STRCMP_EQUAL(host, broker->host.c_str());
LONGS_EQUAL(port, broker->port);
}  // namespace sluice::config
void expect_error(const char* expected, const std::string& text) const {
  const Result<Broker> broker = parse_broker(text);
  CHECK_TRUE_TEXT(!broker.ok(), text.c_str());
  STRCMP_EQUAL((text + expected).c_str(), broker.error().message.substr(1).c_str());
}
}
;

TEST(Broker, may_be_a_name_or_an_address) {
  expect("localhost", 1883, "mqtt://localhost:1883");
  expect("broker-2.example_net", 8'000, "mqtt://broker-2.example_net:8000");
  expect("192.168.0.7", 1, "mqtt://192.168.0.7:1");
  expect("::1", 65'535, "mqtt://[::1]:65535");
  expect("fe80::1%eth0", 1883, "mqtt://[fe80::1%eth0]");
}

TEST(Broker, has_the_usual_port_unless_it_is_told) {
  expect("localhost", 1883, "mqtt://localhost");
}

TEST(Broker, may_be_reached_over_tls) {
  expect("localhost", 8'883, "mqtts://localhost");
  expect("localhost", 1'883, "mqtts://localhost:1883");
  CHECK_TRUE(parse_broker("mqtts://localhost")->use_tls);
  CHECK_FALSE(parse_broker("mqtt://localhost")->use_tls);
}

TEST(Broker, needs_its_scheme) {
  for (const char* text : {"", "localhost", "localhost:1883", "tcp://localhost", "MQTT://localhost",
                           " mqtt://localhost", "mqtt:/localhost"}) {
    expect_error("\" is not of the form mqtt://host:port or mqtts://host:port", text);
  }
}

TEST(Broker, keeps_no_secrets) {
  expect_error("\" has a user name in it; that belongs into uplink.credentials_file",
               "mqtt://user:secret@localhost");
}

TEST(Broker, needs_a_host) {
  for (const char* text : {"mqtt://", "mqtt://:1883", "mqtt://[]:1883", "mqtt://[::1", "mqtt://a b",
                           "mqtt://a/b", "mqtt://localhost/", "mqtt://[::1 ]", "mqtt://::1"}) {
    CHECK_TRUE_TEXT(!parse_broker(text).ok(), text);
  }
  expect_error("\" has no valid host; expected mqtt://host:port", "mqtt://:1883");
  CHECK_FALSE(parse_broker("mqtt://" + std::string(254, 'a')).ok());
  CHECK_TRUE(parse_broker("mqtt://" + std::string(253, 'a')).ok());
}

TEST(Broker, has_a_port_that_exists) {
  for (const char* text : {"mqtt://a:", "mqtt://a:0", "mqtt://a:65536", "mqtt://a:x", "mqtt://a:1x",
                           "mqtt://a:-1", "mqtt://a:1:2", "mqtt://[::1]x"}) {
    expect_error("\" has no valid port; expected mqtt://host:port with a port of 1 to 65535", text);
  }
}

}  // namespace sluice::config
