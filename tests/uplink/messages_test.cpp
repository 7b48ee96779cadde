#include "uplink/messages.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

constexpr RunId kRun{{0xAB, 0xCD}};
constexpr std::string_view kRunHex = "abcd0000000000000000000000000000";

std::string text_of(const Bytes& payload) {
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace

TEST_GROUP(Messages) {
  Ack ack{kRun,
          Stream::kRaw,
          {{1, 3, 0x0123456789ABCDEF}, {9, 9, 1}},
          {{4, 8, 0}},
          {{9, 0x01234567, 0x89ABCDEF}, {4, 1, std::nullopt}},
          Answer{77, 9}};
  Question question{77, kRun, Stream::kRaw, 3, 60, {{4, 8, 0}, {42, 60, 0}}};
  Hello hello{kRun, "boot", "0.1.0", "00112233", {{kRun, Stream::kEvent, 7, 2}}};
  Live live{kRun,
            {{"hot", "t1", AlertChange::kRaised, Severity::kCritical, 81.5, 3, instant_from_ns(5),
              wall_time_from_ns(7)}},
            {{"t1", "Cel", 21.25, Quality::kGood, instant_from_ns(-6), std::nullopt}}};

  static bool is_ack(std::string text) {
    // Lets the table below write RUN for the run's 32 digits, and NONE where nothing is refused.
    const std::size_t run = text.find("RUN");
    if (run != std::string::npos) text.replace(run, 3, kRunHex);
    const std::size_t none = text.find("NONE");
    if (none != std::string::npos) text.replace(none, 4, R"("refused":[])");
    return decode_ack(bytes_of(text)).ok();
  }
  // Of a question whose fields behind the stream are these.
  static bool is_question(const std::string& rest) {
    const std::string text =
        R"({"number":1,"run":")" + std::string(kRunHex) + R"(","stream":"raw",)" + rest + "}";
    return decode_question(bytes_of(text)).ok();
  }
};

TEST(Messages, an_ack_looks_as_documented) {
  STRCMP_EQUAL(
      "{\"run\":\"abcd0000000000000000000000000000\",\"stream\":\"raw\","
      "\"held\":[[1,3,\"0123456789abcdef\"],[9,9,\"0000000000000001\"]],\"resolved\":[[4,8]],"
      "\"refused\":[[9,\"01234567\",\"89abcdef\"],[4,\"00000001\",null]],\"answer\":[77,9]}",
      text_of(encode(ack)).c_str());
}

// Gateways that do not ask refuse a field that they do not know.
TEST(Messages, an_ack_that_answers_nothing_looks_as_it_always_has) {
  ack.answer.reset();
  const std::string text = text_of(encode(ack));
  STRCMP_EQUAL("null]]}", text.substr(text.size() - 7).c_str());
  const Result<Ack> read = decode_ack(bytes_of(text));
  CHECK(read.ok());
  CHECK_FALSE(read->answer.has_value());
}

TEST(Messages, an_ack_is_read_back) {
  const Result<Ack> read = decode_ack(encode(ack));
  CHECK(read.ok());
  CHECK(read->run == ack.run);
  CHECK(read->stream == ack.stream);
  CHECK(read->held == ack.held);
  CHECK(read->resolved == ack.resolved);
  CHECK(read->refusals == ack.refusals);
  CHECK(read->answer == ack.answer);
}

TEST(Messages, an_ack_carries_the_largest_numbers) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  ack.held = {{kLargest, kLargest, kLargest}};
  const Result<Ack> read = decode_ack(encode(ack));
  CHECK(read.ok());
  CHECK(read->held == ack.held);
}

TEST(Messages, an_ack_is_full_at_its_limit_and_still_readable) {
  ack.held.clear();
  for (std::uint64_t i = 0; i < kAckIntervalsMax; ++i)
    ack.held.push_back({4 * i + 1, 4 * i + 1, i});
  ack.resolved.clear();
  for (std::uint64_t i = 0; i < kAckIntervalsMax; ++i) {
    ack.resolved.push_back({4 * i + 3, 4 * i + 3, 0});
  }
  ack.refusals.assign(kAckIntervalsMax, {7, 1, 2});
  CHECK(decode_ack(encode(ack)).ok());
}

TEST(Messages, refuses_an_ack_that_is_not_exactly_one) {
  CHECK(is_ack(R"({"run":"RUN","stream":"raw","held":[],"resolved":[],NONE})"));
  for (const char* text :
       {"",
        "null",
        "[]",
        "{}",
        "{",
        R"("ack")",
        R"({"run":"RUN","stream":"raw","held":[]})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[]})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],)"
        R"("refused":[[1,"00000001"]]})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],)"
        R"("refused":[[1,"1",null]]})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],)"
        R"("refused":[[1,"00000001",7]]})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],)"
        R"("refused":[[0,"00000001",null]]})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],NONE,"answer":null})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],"refused":[],"answer":7})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],"refused":[],"answer":[7]})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],"refused":[],"answer":[7,"9"]})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],NONE,"more":1})",
        R"({"run":"RUN","stream":"raw","held":[],"resolve":[]})",
        R"({"run":"RUN0","stream":"raw","held":[],"resolved":[],NONE})",
        R"({"run":7,"stream":"raw","held":[],"resolved":[],NONE})",
        R"({"run":"RUN","stream":"video","held":[],"resolved":[],NONE})",
        R"({"run":"RUN","stream":2,"held":[],"resolved":[],NONE})",
        R"({"run":"RUN","stream":"raw","held":{},"resolved":[],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[],NONE} x)",
        R"({"run":"RUN","stream":"raw","held":[[1,2]],"resolved":[],NONE})",
        R"({"run":"RUN","stream":"raw","held":[[1,2,3]],"resolved":[],NONE})",
        R"({"run":"RUN","stream":"raw","held":[[1,2,"0123"]],"resolved":[],NONE})",
        R"({"run":"RUN","stream":"raw","held":[[1,2,"+123456789abcdef"]],"resolved":[],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[1,2,"0000000000000000"]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[1]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[0,2]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[3,2]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[-1,2]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[1.0,2]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[1,"2"]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[1,18446744073709551616]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[4,5],[1,2]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[[5,9,"0000000000000000"]],"resolved":[[1,5]],NONE})",
        R"({"run":"RUN","stream":"raw","held":[],"resolved":[[1,5],[5,7]],NONE})"}) {
    if (is_ack(text)) FAIL(text);
  }
}

TEST(Messages, a_question_looks_as_documented) {
  STRCMP_EQUAL(
      "{\"number\":77,\"run\":\"abcd0000000000000000000000000000\",\"stream\":\"raw\",\"first\":3,"
      "\"last\":60,\"unsettled\":[[4,8],[42,60]]}",
      text_of(encode(question)).c_str());
}

TEST(Messages, a_question_is_read_back) {
  const Result<Question> read = decode_question(encode(question));
  CHECK(read.ok());
  CHECK(*read == question);
}

TEST(Messages, refuses_a_question_that_is_not_exactly_one) {
  CHECK(is_question(R"("first":1,"last":9,"unsettled":[[1,2],[3,9]])"));
  CHECK(is_question(R"("first":1,"last":9223372036854775807,"unsettled":[])"));
  for (const char* rest :
       {R"("first":1,"last":9)", R"("first":0,"last":9,"unsettled":[])",
        R"("first":10,"last":9,"unsettled":[])", R"("first":1,"last":-9,"unsettled":[])",
        R"("first":1,"last":9223372036854775808,"unsettled":[])",
        R"("first":1,"last":9,"unsettled":[[8,10]])", R"("first":3,"last":9,"unsettled":[[2,4]])",
        R"("first":1,"last":9,"unsettled":[[4,5],[1,2]])",
        R"("first":1,"last":9,"unsettled":[[1,4],[4,5]])",
        R"("first":1,"last":9,"unsettled":[[0,4]])", R"("first":1,"last":9,"unsettled":[4])",
        R"("first":1,"last":9,"unsettled":[],"more":1)"}) {
    if (is_question(rest)) FAIL(rest);
  }
}

TEST(Messages, a_question_is_full_at_its_limit) {
  question.unsettled.clear();
  question.last = kSeqMax;
  for (std::uint64_t i = 1; i <= kQuestionRangesMax; ++i) {
    question.unsettled.push_back({4 * i, 4 * i, 0});
  }
  Bytes full = encode(question);
  CHECK(decode_question(full).ok());
  std::string text = text_of(full);
  text.insert(text.find("[[") + 1, "[3,3],");
  CHECK_FALSE(decode_question(bytes_of(text)).ok());
}

TEST(Messages, refuses_more_intervals_than_allowed) {
  std::string text = R"({"run":"RUN","stream":"raw","held":[],"resolved":[)";
  for (std::size_t i = 0; i <= kAckIntervalsMax; ++i) {
    const std::string seq = std::to_string(2 * i + 1);
    text += (i == 0 ? "[" : ",[") + seq + "," + seq + "]";
  }
  CHECK_FALSE(is_ack(text + R"(],NONE})"));
}

TEST(Messages, refuses_what_is_too_large_or_too_deep) {
  CHECK_FALSE(is_ack(std::string(kMessageBytesMax + 1, ' ')));
  CHECK_FALSE(is_ack(std::string(kMessageBytesMax, '[')));
  CHECK_FALSE(is_ack(R"({"run":"RUN","stream":"raw","held":[[[[[[]]]]]],"resolved":[],NONE})"));
}

TEST(Messages, a_hello_is_read_back) {
  const Result<Hello> read = decode_hello(encode(hello));
  CHECK(read.ok());
  CHECK(*read == hello);
}

TEST(Messages, a_status_is_read_back) {
  const Result<Status> read = decode_status(encode(Status{kRun, true}));
  CHECK(read.ok());
  CHECK((*read == Status{kRun, true}));
  CHECK_FALSE(decode_status(bytes_of(R"({"run":"abcd0000000000000000000000000000","online":1})")));
}

TEST(Messages, a_live_message_is_read_back) {
  const Result<Live> read = decode_live(encode(live));
  CHECK(read.ok());
  CHECK(*read == live);
}

TEST(Messages, what_is_no_number_in_json_arrives_as_not_a_number) {
  for (const double value :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity()}) {
    live.values[0].value = value;
    live.values[0].quality = Quality::kFault;
    const Result<Live> read = decode_live(encode(live));
    CHECK(read.ok());
    CHECK(std::isnan(read->values[0].value));
    CHECK(read->values[0].quality == Quality::kFault);
  }
}

TEST(Messages, values_arrive_bit_by_bit) {
  for (const double value : {-0.0, 0.1, 1e-320, 1.7976931348623157e308}) {
    live.values[0].value = value;
    const Result<Live> read = decode_live(encode(live));
    CHECK(read.ok());
    CHECK(read->values[0].value == value);
    CHECK(std::signbit(read->values[0].value) == std::signbit(value));
  }
}

TEST(Messages, long_and_broken_texts_are_made_fit) {
  live.values[0].unit = std::string(1'000, 'u');
  live.values[0].channel = "caf\xC3";  // half a character
  const Result<Live> read = decode_live(encode(live));
  CHECK(read.ok());
  LONGS_EQUAL(kTextBytesMax, read->values[0].unit.size());
}

// Mutates good messages in every way one byte can, and some ways two can: whatever decodes must
// also encode and decode to the same again, and nothing may crash.
TEST(Messages, survive_every_mutation_of_a_good_message) {
  std::uint64_t random = 7;
  const std::string good[] = {text_of(encode(ack)), text_of(encode(hello)), text_of(encode(live)),
                              text_of(encode(Status{kRun, false}))};
  for (const std::string& original : good) {
    for (int round = 0; round < 200; ++round) {
      std::string mutant = original;
      for (int change = 0; change < 2; ++change) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        const auto place = static_cast<std::size_t>((random >> 33) % mutant.size());
        const char byte = static_cast<char>(random >> 25);
        if ((random & 0x300000U) == 0) {
          mutant.erase(place, 1);
        } else if ((random & 0x300000U) == 0x100000U) {
          mutant.insert(place, 1, byte);
        } else {
          mutant[place] = byte;
        }
      }
      if (const Result<Ack> read = decode_ack(bytes_of(mutant))) {
        CHECK(decode_ack(encode(*read))->held == read->held);
      }
      if (const Result<Hello> read = decode_hello(bytes_of(mutant))) {
        CHECK(decode_hello(encode(*read)).ok());
      }
      if (const Result<Live> read = decode_live(bytes_of(mutant))) {
        CHECK(decode_live(encode(*read)).ok());
      }
      static_cast<void>(decode_status(bytes_of(mutant)));
    }
  }
}

}  // namespace sluice::uplink
