#include "uplink/ack_key.hpp"

#include <sys/stat.h>

#include <span>
#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

constexpr const char* kTopic = "sluice/v1/gw/ack/raw";
constexpr const char* kMessage = R"({"run":"1"})";

Bytes bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}
std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_GROUP(AckKey) {
  TemporaryFolder folder;

  Result<AckKey> read(const std::string& text, mode_t mode = 0600) {
    const std::string path = folder.write("key", text);
    CHECK(::chmod(path.c_str(), mode) == 0);
    return AckKey::read(path);
  }
  AckKey key(const std::string& text = "0123456789abcdef") {
    const Result<AckKey> made = read(text);
    CHECK_TRUE(made.ok());
    return *made;
  }
};

// As `openssl dgst -sha256 -hmac` has it.
TEST(AckKey, signs_topic_and_message) {
  STRCMP_EQUAL(
      "{\"run\":\"1\",\"mac\":"
      "\"66b6058a022c339014fbc4ef189f3a5ae0d6b9079b9fc582073cd6e8e1534f96\"}",
      text_of(key().sign(kTopic, bytes_of(kMessage))).c_str());
}

TEST(AckKey, believes_what_it_has_signed) {
  const auto content =
      key().verified(kTopic, key("0123456789abcdef\n").sign(kTopic, bytes_of(kMessage)));
  CHECK_TRUE(content.has_value());
  STRCMP_EQUAL(kMessage, text_of(*content).c_str());
}

TEST(AckKey, believes_no_other_key_topic_or_message) {
  const Bytes good = key().sign(kTopic, bytes_of(kMessage));
  CHECK_FALSE(key("another key of 32 bytes, or so...").verified(kTopic, good).has_value());
  CHECK_FALSE(key().verified("sluice/v1/gw/ack/event", good).has_value());
  CHECK_FALSE(key().verified(kTopic, bytes_of(kMessage)).has_value());
  CHECK_FALSE(key().verified(kTopic, Bytes()).has_value());
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes wrong = good;
    wrong[at] ^= std::byte{1};
    CHECK_FALSE(key().verified(kTopic, wrong).has_value());
    CHECK_FALSE(key().verified(kTopic, std::span(good).first(at)).has_value());
  }
}

TEST(AckKey, reads_signed_and_other_messages_when_there_is_none) {
  const Bytes plain = bytes_of(kMessage);
  CHECK_TRUE(AckKey().sign(kTopic, plain) == plain);
  CHECK_TRUE(AckKey().verified(kTopic, plain) == plain);
  CHECK_TRUE(AckKey().verified(kTopic, key().sign(kTopic, plain)) == plain);
}

TEST(AckKey, is_refused_when_short_missing_or_open_to_others) {
  CHECK_TRUE(read("fifteen bytes..\n").error().code == ErrorCode::kInvalid);
  CHECK_TRUE(read("0123456789abcdef", 0644).error().code == ErrorCode::kRefused);
  CHECK_TRUE(AckKey::read(folder.path_of("none")).error().code == ErrorCode::kNotFound);
}

}  // namespace sluice::uplink
