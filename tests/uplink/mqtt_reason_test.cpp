#include "uplink/mqtt_reason.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(MqttReason){};

TEST(MqttReason, knows_refusals_of_3_1_1) {
  CHECK(connect_refused(2).kind == LinkFault::kClientRefused);
  CHECK(connect_refused(3).kind == LinkFault::kBusy);
  CHECK(connect_refused(4).kind == LinkFault::kAuthRefused);
  CHECK(connect_refused(5).kind == LinkFault::kAuthRefused);
}

TEST(MqttReason, knows_refusals_of_5) {
  CHECK(connect_refused(0x86).kind == LinkFault::kAuthRefused);
  CHECK(connect_refused(0x87).kind == LinkFault::kAuthRefused);
  CHECK(connect_refused(0x8A).kind == LinkFault::kClientRefused);
  CHECK(connect_refused(0x97).kind == LinkFault::kBusy);
  CHECK(connect_refused(0x9B).kind == LinkFault::kQosRefused);
  CHECK(connect_refused(0x83).kind == LinkFault::kRefused);
}

TEST(MqttReason, knows_why_a_connection_is_ended) {
  CHECK(disconnected(0x8E).kind == LinkFault::kTakenOver);
  CHECK(disconnected(0x97).kind == LinkFault::kBusy);
  CHECK(disconnected(0x98).kind == LinkFault::kLost);
  CHECK(disconnected(0x82).kind == LinkFault::kProtocol);
}

TEST(MqttReason, knows_what_can_be_tried_otherwise) {
  CHECK(is_version_refusal(1));
  CHECK(is_version_refusal(0x84));
  CHECK_FALSE(is_version_refusal(5));
  CHECK(is_retain_refusal(0x9A));
}

TEST(MqttReason, has_words_for_what_the_library_has_none_for) {
  STRCMP_EQUAL("the broker has fallen silent", words_for(19).c_str());
  STRCMP_EQUAL("The connection was lost", words_for(7).c_str());
}

}  // namespace sluice::uplink
