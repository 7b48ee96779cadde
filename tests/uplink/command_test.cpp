#include "uplink/command.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}
std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_GROUP(Command) {
  const RawCommand by_wall{"r-1", "boiler.top", {}, {-5, 1'700'000'000'000'000'000}};
  const RawCommand by_boot{"r-1", "boiler", RunId{{7}}, {0, 5}};

  static void expect_bad(std::string_view text) {
    CHECK_FALSE(decode_command(bytes_of(text)).ok());
  }
};

TEST(Command, is_read_back) {
  CHECK_TRUE(*decode_command(encode(by_wall)) == by_wall);
  CHECK_TRUE(*decode_command(encode(by_boot)) == by_boot);
}

TEST(Command, is_written_as_documented) {
  STRCMP_EQUAL(R"({"id":"r-1","command":"raw","channel":"boiler.top","from_wall_ns":-5,)"
               R"("to_wall_ns":1700000000000000000})",
               text_of(encode(by_wall)).c_str());
  STRCMP_EQUAL(R"({"id":"r-1","command":"raw","channel":"boiler",)"
               R"("run":"07000000000000000000000000000000","from_boot_ns":0,"to_boot_ns":5})",
               text_of(encode(by_boot)).c_str());
}

TEST(Command, is_nothing_but_what_it_may_be) {
  expect_bad("");
  expect_bad("null");
  expect_bad("[]");
  expect_bad(R"({"id":"a","command":"reboot","channel":"c","from_wall_ns":0,"to_wall_ns":1})");
  expect_bad(R"({"id":"a b","command":"raw","channel":"c","from_wall_ns":0,"to_wall_ns":1})");
  expect_bad(R"({"id":"a","command":"raw","channel":"","from_wall_ns":0,"to_wall_ns":1})");
  expect_bad(R"({"id":"a","command":"raw","channel":7,"from_wall_ns":0,"to_wall_ns":1})");
  expect_bad(R"({"id":"a","command":"raw","channel":"c","from_wall_ns":2,"to_wall_ns":1})");
  expect_bad(R"({"id":"a","command":"raw","channel":"c","from_wall_ns":0.5,"to_wall_ns":1})");
  expect_bad(R"({"id":"a","command":"raw","channel":"c","from_wall_ns":0})");
  expect_bad(R"({"id":"a","command":"raw","channel":"c","from_boot_ns":0,"to_boot_ns":1})");
  expect_bad(
      R"({"id":"a","command":"raw","channel":"c","run":"07","from_boot_ns":0,"to_boot_ns":1})");
  expect_bad(
      R"({"id":"a","command":"raw","channel":"c","from_wall_ns":0,"to_wall_ns":1,"more":1})");
  expect_bad(R"({"id":"a","command":"raw","channel":"c","from_wall_ns":0,)"
             R"("to_wall_ns":9223372036854775808})");
  expect_bad(R"({"id":"a","command":"raw","channel":")" + std::string(129, 'c') +
             R"(","from_wall_ns":0,"to_wall_ns":1})");
  expect_bad(R"({"id":"a","command":"raw","channel":"c","from_wall_ns":0,"to_wall_ns":1})" +
             std::string(kCommandBytesMax, ' '));
  expect_bad(std::string(1'000, '['));
}

TEST(Command, that_is_none_may_have_an_id_all_the_same) {
  STRCMP_EQUAL("a", id_in(bytes_of(R"({"id":"a","command":"reboot"})")).c_str());
  for (const char* text : {"", "[]", "{}", R"({"id":5})", R"({"id":"a/b"})", R"({"id":"a")"}) {
    STRCMP_EQUAL("", id_in(bytes_of(text)).c_str());
  }
}

TEST(Command, answers_are_read_back) {
  CommandAnswer answer{"a", CommandState::kSuccessful};
  answer.chunks = 3;
  answer.readings = std::numeric_limits<std::uint64_t>::max();
  answer.absent = {{-5, 7}, {9, 10}};
  answer.boots_without_clock = 2;
  for (const CommandAnswer& one :
       {answer, CommandAnswer{"a"},
        CommandAnswer{"a", CommandState::kFailed, CommandFault::kBusy}}) {
    CHECK_TRUE(*decode_answer(encode(one)) == one);
  }
}

TEST(Command, answers_are_written_as_documented) {
  STRCMP_EQUAL(R"({"id":"a","state":"executing"})", text_of(encode(CommandAnswer{"a"})).c_str());
  STRCMP_EQUAL(
      R"({"id":"a","state":"failed","reason":"unknown_clock"})",
      text_of(encode(CommandAnswer{"a", CommandState::kFailed, CommandFault::kUnknownClock}))
          .c_str());
  CommandAnswer answer{"a", CommandState::kSuccessful};
  answer.absent = {{1, 2}};
  STRCMP_EQUAL(R"({"id":"a","state":"successful","chunks":0,"readings":0,"absent":[[1,2]],)"
               R"("boots_without_clock":0})",
               text_of(encode(answer)).c_str());
}

TEST(Command, answers_that_are_none_are_refused) {
  for (const char* text :
       {"", "{}", R"({"id":"a"})", R"({"id":"a","state":"init"})",
        R"({"id":"a","state":"executing","reason":"busy"})", R"({"id":"a","state":"failed"})",
        R"({"id":"a","state":"failed","reason":"mood"})",
        R"({"id":"a","state":"successful","chunks":-1,"readings":0,"absent":[],)"
        R"("boots_without_clock":0})",
        R"({"id":"a","state":"successful","chunks":0,"readings":0,"absent":[[1]],)"
        R"("boots_without_clock":0})",
        R"({"id":"a","state":"successful","chunks":0,"readings":0,"absent":[[1,"2"]],)"
        R"("boots_without_clock":0})"}) {
    CHECK_FALSE(decode_answer(bytes_of(text)).ok());
  }
}

}  // namespace sluice::uplink
