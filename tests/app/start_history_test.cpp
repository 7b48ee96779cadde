#include "app/start_history.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include "core/check.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(StartHistory) {
  TemporaryFolder folder;
  std::string file = folder.path_of("starts");
  StartHistory::Start start{"boot", "hash", Instant(minutes(100))};

  // A process of its own begins, and ends by `end`.
  template <typename End>
  void run(End end, bool in_safe_mode = false) {
    const pid_t child = fork();
    if (child == 0) {
      const rlimit none{0, 0};
      setrlimit(RLIMIT_CORE, &none);
      StartHistory history(file);
      history.begin(start, in_safe_mode);
      end(history);
      _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    start.now += seconds(1);
  }
  void crash(bool in_safe_mode = false) {
    run([](StartHistory&) { std::raise(SIGSEGV); }, in_safe_mode);
  }
  void fail(const std::string& why) {
    run([&](StartHistory& history) { history.failed(why); });
  }
  StartHistory::BadStarts bad() {
    return StartHistory(file).bad_starts(start);
  }
};

TEST(StartHistory, begins_empty) {
  CHECK_EQUAL(0U, bad().count);
}

TEST(StartHistory, counts_crashes_and_failures_and_says_how_the_last_one_ended) {
  crash();
  CHECK_EQUAL(1U, bad().count);
  STRCMP_EQUAL("it crashed with SIGSEGV", bad().last.c_str());
  fail("no\nsensor");
  CHECK_EQUAL(2U, bad().count);
  STRCMP_EQUAL("it failed: no sensor", bad().last.c_str());
}

TEST(StartHistory, counts_no_kill_and_nobody_who_still_runs) {
  run([](StartHistory&) { std::raise(SIGKILL); });
  CHECK_EQUAL(0U, bad().count);
}

TEST(StartHistory, forgets_what_began_too_long_ago) {
  crash();
  start.now += StartHistory::kWindow - seconds(1);
  CHECK_EQUAL(1U, bad().count);
  start.now += seconds(1);
  CHECK_EQUAL(0U, bad().count);
}

TEST(StartHistory, forgets_another_boot_and_another_configuration) {
  crash();
  start.boot = "next";
  CHECK_EQUAL(0U, bad().count);
  start.boot = "boot";
  start.config = "mended";
  CHECK_EQUAL(0U, bad().count);
}

TEST(StartHistory, forgets_everything_once_a_run_ended_well) {
  crash();
  crash();
  run([](StartHistory& history) { history.ended(); });
  CHECK_EQUAL(0U, bad().count);
}

TEST(StartHistory, knows_whether_the_last_one_was_in_safe_mode) {
  crash();
  CHECK_FALSE(bad().in_safe_mode);
  crash(true);
  CHECK_TRUE(bad().in_safe_mode);
}

TEST(StartHistory, cuts_long_reasons) {
  fail(std::string(5'000, 'x'));
  CHECK_TRUE(bad().last.size() < 200);
}

TEST(StartHistory, survives_whatever_is_in_the_file) {
  folder.write("starts",
               "begun\nbegun 1\ncrashed\nfailed 7 why\nbegun 1 boot x hash normal\n"
               "crashed 1 SIGSEGV\nbegun 3 boot -9223372036854775808 hash safe\ncrashed 3 "
               "SIGSEGV\n\n\nbegun 2 boot 9223372036854775807 hash safe");
  CHECK_EQUAL(0U, bad().count);
  crash();
  CHECK_EQUAL(1U, bad().count);
}

TEST(StartHistory, stays_small) {
  folder.write("starts", std::string(61 * 1024, 'x') + "\n");
  crash();
  CHECK_EQUAL(1U, bad().count);
  CHECK_TRUE(std::filesystem::file_size(file) < 200);
}

TEST(StartHistory, does_without_a_file) {
  file = folder.path_of("nowhere/starts");
  crash();
  CHECK_EQUAL(0U, bad().count);
}
