#include "hal/child_process.hpp"

#include <csignal>

#include <chrono>
#include <cstdlib>
#include <string>

#include "hal/small_file.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// What ends by itself may take this long on a busy machine.
constexpr Duration kPlenty = seconds(60);

}  // namespace

TEST_GROUP(ChildProcess) {
  TemporaryFolder folder;

  static Result<std::string> shell(const std::string& script, Duration limit = kPlenty) {
    return output_of({"/bin/sh", "-c", script}, limit);
  }
  // Waits until the process is gone, which a kill takes a moment for.
  static void wait_for_end(const std::string& id) {
    const auto number = static_cast<pid_t>(std::stol(id));
    const std::string path = "/proc/" + std::to_string(number) + "/stat";
    for (;;) {
      const Result<std::string> text = read_small_file(path);
      if (!text.ok() || text->find(") Z ") != std::string::npos) return;
    }
  }
};

TEST(ChildProcess, gives_what_a_program_prints) {
  STRCMP_EQUAL("42\n", output_of({"/bin/echo", "42"}, kPlenty).value().c_str());
}

TEST(ChildProcess, passes_arguments_on_as_they_are) {
  STRCMP_EQUAL("$HOME;*|\n", output_of({"/bin/echo", "$HOME;*|"}, kPlenty).value().c_str());
}

TEST(ChildProcess, is_not_there) {
  CHECK_TRUE(output_of({folder.path_of("absent")}, kPlenty).error().code == ErrorCode::kNotFound);
}

TEST(ChildProcess, may_not_be_run) {
  const std::string path = folder.write("text", "echo 1\n");
  CHECK_TRUE(output_of({path}, kPlenty).error().code == ErrorCode::kUnavailable);
}

TEST(ChildProcess, ends_with_another_status) {
  const Error error = shell("echo 1; exit 3").error();
  CHECK_TRUE(error.code == ErrorCode::kUnavailable);
  STRCMP_CONTAINS("ended with status 3", error.message.c_str());
}

TEST(ChildProcess, ends_by_a_signal) {
  STRCMP_CONTAINS("ended with signal 9", shell("kill -9 $$").error().message.c_str());
}

TEST(ChildProcess, is_killed_with_what_it_started_when_it_takes_too_long) {
  const std::string ids = folder.path_of("ids");
  // The sleeper is of the same group, and ignores what can be ignored.
  const Result<std::string> output = shell("trap '' TERM HUP; sleep 1000 & echo $$ $! > " + ids +
                                               ".new; mv " + ids + ".new " + ids + "; sleep 1000",
                                           milliseconds(300));
  CHECK_TRUE(output.error().code == ErrorCode::kTimeout);
  const Result<std::string> text = read_small_file(ids);
  if (!text.ok()) return;  // it had not come so far
  std::string_view rest = *text;
  wait_for_end(std::string(take_word(rest)));
  wait_for_end(std::string(take_word(rest)));
}

TEST(ChildProcess, leaves_nothing_running_when_it_ends) {
  const std::string id = shell("sleep 1000 & echo $!").value();
  wait_for_end(id);
}

TEST(ChildProcess, that_closes_its_output_is_still_waited_for) {
  CHECK_TRUE(shell("exec >&-; while :; do :; done", milliseconds(50)).error().code ==
             ErrorCode::kTimeout);
}

TEST(ChildProcess, may_not_print_without_end) {
  CHECK_TRUE(shell("while :; do echo 1234567890; done").error().code == ErrorCode::kFull);
}

TEST(ChildProcess, may_print_as_much_as_is_taken) {
  CHECK_EQUAL(kOutputMax,
              shell("head -c " + std::to_string(kOutputMax) + " /dev/zero").value().size());
  CHECK_TRUE(shell("head -c " + std::to_string(kOutputMax + 1) + " /dev/zero").error().code ==
             ErrorCode::kFull);
}

TEST(ChildProcess, has_no_input_no_environment_and_no_open_files) {
  CHECK_EQUAL(0, setenv("SLUICE_SECRET", "x", 1));
  STRCMP_EQUAL("", shell("cat; echo -n $SLUICE_SECRET").value().c_str());
  unsetenv("SLUICE_SECRET");
  // 0, 1, 2, and the folder that ls itself reads.
  STRCMP_EQUAL("0\n1\n2\n3\n", output_of({"/bin/ls", "/proc/self/fd"}, kPlenty).value().c_str());
}

TEST(ChildProcess, gets_signals_that_the_gateway_does_not) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  CHECK_EQUAL(0, pthread_sigmask(SIG_BLOCK, &blocked, &before));
  STRCMP_CONTAINS("ended with signal 15", shell("kill -TERM $$").error().message.c_str());
  CHECK_EQUAL(0, pthread_sigmask(SIG_SETMASK, &before, nullptr));
}
