#include "hal/buses/serial_line.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tests/hal/buses/pty.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(SerialLine) {
  Pty pty;
  SerialLine line{{.device = pty.path(), .baud = 115'200}};
  std::vector<std::string> heard;

  Result<> drain() {
    return line.drain([this](std::string_view text) { heard.emplace_back(text); });
  }
  // What is said is there at once, but for what a pseudo terminal still passes on.
  void hear(const std::string& bytes) {
    pty.say(bytes);
    line.wait(std::chrono::seconds(10));
    CHECK_TRUE(drain().ok());
  }
  // A device that has been talking for a while.
  void open() {
    CHECK_TRUE(drain().ok());
    hear("the end of something\n");
    heard.clear();
  }
};

TEST(SerialLine, is_read_a_whole_line_at_a_time) {
  open();
  hear("1.5\r\n2.");
  CHECK_TRUE(heard == (std::vector<std::string>{"1.5"}));
  hear("5");
  hear("\n");
  CHECK_TRUE(heard == (std::vector<std::string>{"1.5", "2.5"}));
  CHECK_EQUAL(0U, line.dropped());
}

TEST(SerialLine, drops_the_first_which_may_be_half_of_one) {
  CHECK_TRUE(drain().ok());
  hear("23.5\n24.5\n");
  CHECK_TRUE(heard == (std::vector<std::string>{"24.5"}));
  CHECK_EQUAL(0U, line.dropped());
}

TEST(SerialLine, does_not_hear_what_came_before_it_was_opened) {
  pty.say("1\n2\n3\n");
  CHECK_TRUE(drain().ok());
  hear("4\n5\n");
  CHECK_TRUE(heard == (std::vector<std::string>{"5"}));
}

TEST(SerialLine, drops_what_is_too_long_and_finds_the_next) {
  open();
  hear(std::string(SerialLine::kLineMax, '7') + "\n");
  CHECK_EQUAL(1U, heard.size());
  hear(std::string(SerialLine::kLineMax + 1, '7') + "\n8\n");
  CHECK_EQUAL(2U, heard.size());
  STRCMP_EQUAL("8", heard[1].c_str());
  CHECK_EQUAL(1U, line.dropped());
}

TEST(SerialLine, drops_what_is_no_text_and_finds_the_next) {
  open();
  for (const char byte : {'\0', '\x01', '\x1B', '\x7F', '\xFF'}) {
    hear(std::string("1") + byte + "2\n3\n");
    STRCMP_EQUAL("3", heard.back().c_str());
  }
  CHECK_EQUAL(5U, heard.size());
  CHECK_EQUAL(5U, line.dropped());
}

TEST(SerialLine, holds_no_more_of_an_endless_line_than_one_may_have) {
  open();
  for (int i = 0; i < 50; ++i) hear(std::string(1'000, 'x'));
  CHECK_EQUAL(1U, line.dropped());
  hear("\n9\n");
  CHECK_TRUE(heard == (std::vector<std::string>{"9"}));
}

TEST(SerialLine, is_found_again_after_it_was_unplugged) {
  TemporaryFolder folder;
  const std::string link = folder.path_of("usb-adapter");
  CHECK_EQUAL(0, symlink(pty.path().c_str(), link.c_str()));
  SerialLine plugged({.device = link, .baud = 9'600});
  const auto nobody = [](std::string_view) {};
  CHECK_TRUE(plugged.drain(nobody).ok());
  folder.remove("usb-adapter");
  pty.unplug();
  CHECK_TRUE(plugged.drain(nobody).error().code == ErrorCode::kUnavailable);
  CHECK_FALSE(plugged.is_open());
  CHECK_TRUE(plugged.drain(nobody).error().code == ErrorCode::kNotFound);
  Pty second;
  CHECK_EQUAL(0, symlink(second.path().c_str(), link.c_str()));
  CHECK_TRUE(plugged.drain(nobody).ok());
  std::string last;
  second.say("half\n12\n");
  plugged.wait(std::chrono::seconds(10));
  CHECK_TRUE(plugged.drain([&](std::string_view text) { last = text; }).ok());
  STRCMP_EQUAL("12", last.c_str());
}

TEST(SerialLine, is_no_other_file) {
  SerialLine file({.device = "/dev/null", .baud = 9'600});
  CHECK_TRUE(file.drain([](std::string_view) {}).error().code == ErrorCode::kInvalid);
}
