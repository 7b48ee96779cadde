#include "hal/process/crash_mark.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>

#include "core/check.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;

TEST_GROUP(CrashMark) {
  TemporaryFolder folder;
  std::string file = folder.path_of("starts");

  // Ends a process of its own by `end`; returns the signal it died of, 0 for none.
  template <typename End>
  int die(End end) {
    const pid_t child = fork();
    if (child == 0) {
      const rlimit none{0, 0};  // no core file is left lying about
      setrlimit(RLIMIT_CORE, &none);
      if (!hal::mark_crashes(file, "crashed 42 ").ok()) _exit(9);
      end();
      _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }
  std::string left() const {
    std::ifstream text(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(text), {}};
  }
};

TEST(CrashMark, is_left_by_every_signal_of_a_fault) {
  std::string expected;
  for (const int signal : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV}) {
    // A sanitizer has handlers of its own for some; ours replaces them.
    CHECK_EQUAL(signal, die([&] { raise(signal); }));
    expected += "crashed 42 SIG" + std::string(sigabbrev_np(signal)) + "\n";
    STRCMP_EQUAL(expected.c_str(), left().c_str());
  }
}

TEST(CrashMark, is_left_by_a_failed_check) {
  CHECK_EQUAL(SIGABRT, die([] {
                close(STDERR_FILENO);
                check_failed("made to fail", "here", 1);
              }));
  STRCMP_EQUAL("crashed 42 SIGABRT\n", left().c_str());
}

TEST(CrashMark, is_not_left_by_an_end_that_was_asked_for) {
  CHECK_EQUAL(0, die([] {}));
  CHECK_EQUAL(SIGTERM, die([] { raise(SIGTERM); }));
  CHECK_EQUAL(SIGKILL, die([] { raise(SIGKILL); }));
  STRCMP_EQUAL("", left().c_str());
}

TEST(CrashMark, comes_behind_what_is_in_the_file) {
  folder.write("starts", "begun\n");
  CHECK_EQUAL(SIGSEGV, die([] { raise(SIGSEGV); }));
  STRCMP_EQUAL("begun\ncrashed 42 SIGSEGV\n", left().c_str());
}

TEST(CrashMark, needs_a_file_that_can_be_opened) {
  file = folder.path_of("nowhere/starts");
  const int status = [&] {
    const pid_t child = fork();
    if (child == 0) _exit(hal::mark_crashes(file, "x ").ok() ? 0 : 9);
    int ended = 0;
    CHECK(waitpid(child, &ended, 0) == child);
    return WEXITSTATUS(ended);
  }();
  CHECK_EQUAL(9, status);
}
