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
      "keep_alive = \"2m\"\nretry_max = \"10s\"\ncredentials_file = \"/etc/c\""));
  CHECK_FALSE(config.uplink.enabled);
  STRCMP_EQUAL("b.example", config.uplink.link.host.c_str());
  LONGS_EQUAL(8'000, config.uplink.link.port);
  STRCMP_EQUAL("me", config.uplink.link.client_id.c_str());
  CHECK_TRUE(config.uplink.link.keep_alive.begin == 2min);
  CHECK_TRUE(config.uplink.link.retry_max == 10s);
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

TEST(ParseUplink, takes_what_belongs_to_readings_around_alerts) {
  const AroundAlert around =
      config_of(before_channel("[uplink]\naround_alert_before = \"5m\"\n"
                               "around_alert_after = \"0s\"\naround_alert_channels = \"all\""))
          .uplink.around_alert;
  CHECK_TRUE(around.before == 5min && around.after == 0s);
  CHECK_TRUE(around.channels == AroundAlert::Channels::kAll);
  CHECK_TRUE(config_of(before_channel("")).uplink.around_alert == AroundAlert{});
}

TEST(ParseUplink, records_an_hour_around_an_alert_at_most) {
  expect(
      "t.toml:2:23: uplink.around_alert_before: the text \"1h1s\" is out of bounds; expected 0s to "
      "1h",
      "around_alert_before = \"1h1s\"");
  expect(
      "t.toml:2:25: uplink.around_alert_channels: unknown around_alert_channels \"every\"; "
      "expected "
      "\"own\" or \"all\"",
      "around_alert_channels = \"every\"");
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

TEST(ParseUplink, takes_what_belongs_to_tls) {
  const Config config = config_of(
      before_channel("[uplink]\nbroker = \"mqtts://b\"\n[uplink.tls]\nca_file = \"/ca\"\n"
                     "certificate_file = \"/c\"\nkey_file = \"/k\"\ncrl_file = \"/r\"\npins = [\"" +
                     std::string(64, 'a') + "\", \"" + std::string(64, '0') + "\"]"));
  const uplink::LinkOptions& link = config.uplink.link;
  CHECK_TRUE(link.use_tls);
  LONGS_EQUAL(8'883, link.port);
  STRCMP_EQUAL("/ca", link.tls.ca_file.c_str());
  STRCMP_EQUAL("/c", link.tls.certificate_file.c_str());
  STRCMP_EQUAL("/k", link.tls.key_file.c_str());
  STRCMP_EQUAL("/r", link.tls.crl_file.c_str());
  LONGS_EQUAL(2, link.tls.pins.size());
}

TEST(ParseUplink, wants_to_know_whom_to_trust) {
  expect("t.toml:2:10: uplink.broker: mqtts:// needs uplink.tls.ca_file: whom to trust",
         "broker = \"mqtts://b\"");
}

TEST(ParseUplink, wants_certificate_and_key_together) {
  expect("t.toml:3:20: uplink.tls.certificate_file: certificate_file and key_file belong together",
         "[uplink.tls]\ncertificate_file = \"/c\"");
  expect("t.toml:3:12: uplink.tls.key_file: certificate_file and key_file belong together",
         "[uplink.tls]\nkey_file = \"/c\"");
}

TEST(ParseUplink, knows_a_pin_by_its_form) {
  for (const std::string& pins : {std::string(64, 'A'), std::string(65, 'a'),
                                  std::string(64, 'a') + "\", \"" + std::string(63, 'a')}) {
    expect(
        "t.toml:3:8: uplink.tls.pins: a pin is 64 digits of 0-9 and a-f; docs/tls.md says how to "
        "get it",
        "[uplink.tls]\npins = [\"" + pins + "\"]");
  }
}

TEST(ParseUplink, has_no_key_that_switches_the_verification_off) {
  expect(
      "t.toml:3:1: uplink.tls.insecure: unknown key; known here: ca_file, certificate_file, "
      "key_file, crl_file, pins",
      "[uplink.tls]\ninsecure = true");
}

TEST(ParseUplink, learns_a_keep_alive_around_the_one_that_is_told) {
  const auto keep_alive = [](const char* lines) {
    return config_of(before_channel(std::string("[uplink]\n") + lines)).uplink.link.keep_alive;
  };
  CHECK_TRUE(keep_alive("keep_alive = \"10s\"").min == 10s);
  CHECK_TRUE(keep_alive("keep_alive = \"1h\"").max == 1h);
  CHECK_TRUE(keep_alive("keep_alive_min = \"20s\"\nkeep_alive_max = \"5m\"").min == 20s);
}

TEST(ParseUplink, wants_an_address_of_a_broker) {
  expect(
      "t.toml:2:10: uplink.broker: \"b\" is not of the form mqtt://host:port or mqtts://host:port",
      "broker = \"b\"");
}

TEST(ParseUplink, counts_keep_alive_in_whole_seconds) {
  expect("t.toml:2:14: uplink.keep_alive: 10s500ms is not in whole seconds, as MQTT counts it",
         "keep_alive = \"10s500ms\"");
}

TEST(ParseUplink, neither_hammers_the_broker_nor_forgets_it) {
  CHECK_TRUE(config_of(before_channel("")).uplink.link.retry_max == 2min);
  expect("t.toml:2:13: uplink.retry_max: the text \"500ms\" is out of bounds; expected 1s to 1h",
         "retry_max = \"500ms\"");
  expect("t.toml:2:13: uplink.retry_max: the text \"2h\" is out of bounds; expected 1s to 1h",
         "retry_max = \"2h\"");
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
