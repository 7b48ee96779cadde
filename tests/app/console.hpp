#pragma once
// Runs a command in a process of its own, as main() does, and catches what it prints.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <CLI/CLI.hpp>

#include "core/check.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::app {

struct Outcome {
  int status = -1;  // of its end; -1 if it did not end by itself
  std::string out;
  std::string err;
};

inline std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Console {
 public:
  // `arguments` as on the command line, the command first; `more` is what the command is made with
  // beside the program. REQUIRES: they can be parsed; no other thread runs.
  template <typename Command, typename... More>
  void start(const std::string& arguments, More... more) {
    child_ = fork();
    if (child_ != 0) return;
    divert(STDOUT_FILENO, "out");
    divert(STDERR_FILENO, "err");
    CLI::App program;
    Command command(program, more...);
    program.parse(arguments);
    CHECK(command.chosen());
    const int status = command.run();
    std::fflush(nullptr);
    _exit(status);
  }
  // Without waiting.
  bool ended() {
    if (!ended_) ended_ = waitpid(child_, &wait_status_, WNOHANG) == child_;
    return ended_;
  }
  Outcome outcome() {
    if (!ended_) ended_ = waitpid(child_, &wait_status_, 0) == child_;
    return {ended_ && WIFEXITED(wait_status_) ? WEXITSTATUS(wait_status_) : -1,
            text_of_file(folder_.path_of("out")), text_of_file(folder_.path_of("err"))};
  }

 private:
  void divert(int descriptor, const char* name) const {
    const int file = open(folder_.path_of(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(file >= 0 && dup2(file, descriptor) >= 0);
    close(file);
  }

  TemporaryFolder folder_;
  pid_t child_ = -1;
  int wait_status_ = 0;
  bool ended_ = false;
};

template <typename Command, typename... More>
Outcome run_command(const std::string& arguments, More... more) {
  Console console;
  console.start<Command>(arguments, more...);
  return console.outcome();
}

}  // namespace sluice::app
