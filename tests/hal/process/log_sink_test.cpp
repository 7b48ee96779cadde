#include "hal/process/log_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

// Standard error goes to a file during each test.
TEST_GROUP(LogSink) {
  TemporaryFolder folder;
  int stderr_kept = -1;

  void setup() override {
    const int file = open(folder.write("stderr", "").c_str(), O_WRONLY | O_APPEND);
    stderr_kept = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    close(file);
    unsetenv("JOURNAL_STREAM");
  }
  void teardown() override {
    remove_log_sink();
    dup2(stderr_kept, STDERR_FILENO);
    close(stderr_kept);
    unsetenv("JOURNAL_STREAM");
  }
  void be_under_systemd(ino_t inode_offset = 0) {
    struct stat file {};
    fstat(STDERR_FILENO, &file);
    const std::string stream =
        std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino + inode_offset);
    setenv("JOURNAL_STREAM", stream.c_str(), 1);
  }
  std::string written() {
    std::ostringstream text;
    text << std::ifstream(folder.path_of("stderr")).rdbuf();
    return text.str();
  }
  void check_written_under_systemd(std::string_view line, const std::string& expected) {
    be_under_systemd();
    install_log_sink(LogLevel::kDebug);
    log(LogLevel::kInfo, line);
    STRCMP_EQUAL(expected.c_str(), written().c_str());
  }
};

TEST(LogSink, gives_the_journal_priorities_and_no_time) {
  be_under_systemd();
  install_log_sink(LogLevel::kDebug);
  log(LogLevel::kDebug, "a");
  log(LogLevel::kInfo, "b");
  log(LogLevel::kWarning, "c");
  log(LogLevel::kError, "d");
  STRCMP_EQUAL("<7>a\n<6>b\n<4>c\n<3>d\n", written().c_str());
}

TEST(LogSink, gives_others_time_and_level) {
  install_log_sink(LogLevel::kInfo);
  log(LogLevel::kWarning, "the disk is full");
  const std::string line = written();
  LONGS_EQUAL(std::string_view("12:34:56.789 warning the disk is full\n").size(), line.size());
  STRCMP_EQUAL(" warning the disk is full\n", line.substr(12).c_str());
}

TEST(LogSink, does_not_believe_an_inherited_journal_stream) {
  be_under_systemd(1);
  install_log_sink(LogLevel::kInfo);
  log(LogLevel::kInfo, "a");
  STRCMP_CONTAINS(" info    a\n", written().c_str());
}

TEST(LogSink, drops_lines_below_its_level) {
  be_under_systemd();
  install_log_sink(LogLevel::kWarning);
  log(LogLevel::kDebug, "a");
  log(LogLevel::kInfo, "b");
  log(LogLevel::kWarning, "c");
  STRCMP_EQUAL("<4>c\n", written().c_str());
}

TEST(LogSink, may_be_installed_again_with_another_level) {
  be_under_systemd();
  install_log_sink(LogLevel::kError);
  install_log_sink(LogLevel::kDebug);
  log(LogLevel::kDebug, "a");
  STRCMP_EQUAL("<7>a\n", written().c_str());
}

TEST(LogSink, drops_all_lines_when_it_is_removed) {
  install_log_sink(LogLevel::kDebug);
  remove_log_sink();
  log(LogLevel::kError, "a");
  STRCMP_EQUAL("", written().c_str());
}

TEST(LogSink, keeps_a_line_on_one_line) {
  check_written_under_systemd("a\n<0>forged\r\n", "<6>a\\n<0>forged\\x0d\\n\n");
}

TEST(LogSink, does_not_let_a_line_drive_the_terminal) {
  check_written_under_systemd(
      "\x1b[2J\x7f\x07\xc2\x9b"
      "31m",
      "<6>\\x1b[2J\\x7f\\x07\\xc2\\x9b31m\n");
}

TEST(LogSink, leaves_letters_of_all_languages_as_they_are) {
  check_written_under_systemd(
      "22 \xc2\xb0"
      "C im K\xc3\xbchler \xe2\x82\xac",
      "<6>22 \xc2\xb0"
      "C im K\xc3\xbchler \xe2\x82\xac\n");
}

TEST(LogSink, does_not_take_a_line_for_a_format) {
  check_written_under_systemd("{} {0:d} %s %v", "<6>{} {0:d} %s %v\n");
}

TEST(LogSink, marks_a_backslash_that_was_there_before) {
  check_written_under_systemd("a\\nb", "<6>a\\\\nb\n");
}

TEST(LogSink, keeps_zero_bytes_visible) {
  check_written_under_systemd(std::string_view("a\0b", 3), "<6>a\\x00b\n");
}

TEST(LogSink, cuts_a_line_at_its_bound) {
  const std::string long_line(kLogLineMax + 1, 'x');
  check_written_under_systemd(long_line, "<6>" + long_line.substr(1) + "\n");
}
