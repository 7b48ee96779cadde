#include <chrono>
#include <string>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(ParseUplink){void expect(const char* expected, const std::string& lines) const {
    STRCMP_EQUAL(expected, problems_in(before_channel("[uplink]\n" + lines)).c_str());
}  // namespace sluice::config
uplink::MqttVersion version(const std::string& text) const {
  return config_of(before_channel("[uplink]\nmqtt_version = \"" + text + "\"")).uplink.link.version;
}
}
;

TEST(ParseUplink, takes_what_belongs_to_the_link) {
  const Config config = config_of(before_channel(
      "[uplink]\nenabled = false\nbroker = \"mqtt://b.example:8000\"\nclient_id = \"me\"\n"
      "keep_alive = \"2m\"\ncredentials_file = \"/etc/c\""));
  CHECK_FALSE(config.uplink.enabled);
  STRCMP_EQUAL("b.example", config.uplink.link.host.c_str());
  LONGS_EQUAL(8'000, config.uplink.link.port);
  STRCMP_EQUAL("me", config.uplink.link.client_id.c_str());
  CHECK_TRUE(config.uplink.link.keep_alive == 2min);
  STRCMP_EQUAL("/etc/c", config.uplink.link.credentials_file.c_str());
}

TEST(ParseUplink, takes_what_belongs_to_delivery) {
  const Config config = config_of(before_channel(
      "[uplink]\nbatches_in_flight = 3\nbatch_size = \"16KiB\"\nack_timeout = \"5s\"\n"
      "ack_timeout_max = \"20s\"\nlive_every = \"0s\""));
  LONGS_EQUAL(3, config.uplink.delivery.batches_in_flight_max);
  LONGS_EQUAL(16'384, config.uplink.delivery.batch_bytes_max);
  CHECK_TRUE(config.uplink.delivery.ack_timeout_min == 5s);
  CHECK_TRUE(config.uplink.delivery.ack_timeout_max == 20s);
  CHECK_TRUE(config.uplink.delivery.live_every == 0s);
}

TEST(ParseUplink, speaks_the_version_that_is_chosen) {
  CHECK_TRUE(version("auto") == uplink::MqttVersion::kAutomatic);
  CHECK_TRUE(version("5") == uplink::MqttVersion::kV5);
  CHECK_TRUE(version("3.1.1") == uplink::MqttVersion::kV311);
}

TEST(ParseUplink, goes_by_the_name_of_the_gateway) {
  const Config config = config_of(before_channel("[gateway]\nid = \"hall\""));
  STRCMP_EQUAL("hall", config.uplink.delivery.gateway.c_str());
  STRCMP_EQUAL("sluice-hall", config.uplink.link.client_id.c_str());
}

TEST(ParseUplink, refuses_tls_as_long_as_there_is_none) {
  expect(
      "t.toml:2:10: uplink.broker: \"mqtts://b\": TLS is not available yet in this version; use "
      "mqtt:// on a link that can be trusted",
      "broker = \"mqtts://b\"");
}

TEST(ParseUplink, wants_an_address_of_a_broker) {
  expect("t.toml:2:10: uplink.broker: \"b\" is not of the form mqtt://host:port", "broker = \"b\"");
}

TEST(ParseUplink, counts_keep_alive_in_whole_seconds) {
  expect("t.toml:2:14: uplink.keep_alive: 10s500ms is not in whole seconds, as MQTT counts it",
         "keep_alive = \"10s500ms\"");
}

TEST(ParseUplink, wants_the_longest_timeout_to_be_the_longer_one) {
  expect(
      "t.toml:3:19: uplink.ack_timeout_max: ack_timeout_max of 5s is shorter than ack_timeout of "
      "10s",
      "ack_timeout = \"10s\"\nack_timeout_max = \"5s\"");
  expect(
      "t.toml:2:15: uplink.ack_timeout: ack_timeout_max of 10m is shorter than ack_timeout of 11m",
      "ack_timeout = \"11m\"");
}

}  // namespace sluice::config
