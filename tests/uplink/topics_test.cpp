#include "uplink/topics.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(Topics){};

TEST(Topics, an_id_is_letters_digits_dash_and_underscore) {
  CHECK(is_id("Gate_way-7"));
  CHECK(is_id(std::string(64, 'a')));
}

TEST(Topics, refuses_ids_that_would_reach_other_topics) {
  for (const char* id : {"", "a/b", "+", "#", "a#", "$SYS", "a b", "gr\xC3\xBC\xC3\x9F", "a\n"}) {
    CHECK_FALSE(is_id(id));
  }
  CHECK_FALSE(is_id(std::string(65, 'a')));
  CHECK_FALSE(is_id(std::string_view("a\0b", 3)));
}

TEST(Topics, are_named_as_documented) {
  STRCMP_EQUAL("sluice/v1/gw/up/raw", topic_name({TopicKind::kUp, "gw", Stream::kRaw}).c_str());
  STRCMP_EQUAL("sluice/v1/gw/ack/event",
               topic_name({TopicKind::kAck, "gw", Stream::kEvent}).c_str());
  STRCMP_EQUAL("sluice/v1/gw/live", topic_name({TopicKind::kLive, "gw"}).c_str());
  STRCMP_EQUAL("sluice/v1/gw/hello", topic_name({TopicKind::kHello, "gw"}).c_str());
  STRCMP_EQUAL("sluice/v1/gw/status", topic_name({TopicKind::kStatus, "gw"}).c_str());
  STRCMP_EQUAL("sluice/v1/gw/cmd", topic_name({TopicKind::kCommand, "gw"}).c_str());
  STRCMP_EQUAL("sluice/v1/gw/cmd/result", topic_name({TopicKind::kAnswer, "gw"}).c_str());
  STRCMP_EQUAL("sluice/v1/gw/ack/+", ack_filter("gw").c_str());
}

TEST(Topics, are_read_back) {
  const Result<Topic> topic = parse_topic("sluice/v1/gw-1/ack/rollup");
  CHECK(topic.ok());
  CHECK(topic->kind == TopicKind::kAck);
  CHECK(topic->gateway == "gw-1");
  CHECK(topic->stream == Stream::kRollup);
}

TEST(Topics, tell_a_command_from_its_answer) {
  CHECK(parse_topic("sluice/v1/gw/cmd")->kind == TopicKind::kCommand);
  CHECK(parse_topic("sluice/v1/gw/cmd/result")->kind == TopicKind::kAnswer);
}

TEST(Topics, refuses_whatever_is_not_of_the_tree) {
  for (const char* name :
       {"", "sluice", "sluice/v1/", "sluice/v1/gw", "sluice/v2/gw/up/raw", "sluice/v1/gw/up",
        "sluice/v1/gw/up/", "sluice/v1/gw/up/video", "sluice/v1/gw/up/raw/", "sluice/v1/gw/live/",
        "sluice/v1/gw/live/raw", "sluice/v1/g w/live", "sluice/v1//live", "sluice/v1/+/up/raw",
        "sluice/v1/gw/cmd/", "sluice/v1/gw/cmd/results", "sluice/v1/gw/cmd/result/",
        "x/sluice/v1/gw/live"}) {
    CHECK_FALSE(parse_topic(name).ok());
  }
}

}  // namespace sluice::uplink
