#pragma once
// Runs a command of the program as main() does, and catches what it prints.

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <CLI/CLI.hpp>

#include "core/check.hpp"
#include "tests/hal/temporary_folder.hpp"

namespace sluice::app {

struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

// Sends what is written to `descriptor` to a file as long as it lives.
class Diversion {
 public:
  Diversion(int descriptor, const std::string& path)
      : descriptor_(descriptor), original_(dup(descriptor)) {
    std::fflush(nullptr);
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(original_ >= 0 && file >= 0 && dup2(file, descriptor_) >= 0);
    close(file);
  }
  Diversion(const Diversion&) = delete;
  Diversion& operator=(const Diversion&) = delete;
  ~Diversion() {
    std::fflush(nullptr);
    dup2(original_, descriptor_);
    close(original_);
  }

 private:
  int descriptor_;
  int original_;
};

inline std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// `arguments` as on the command line, the command first. REQUIRES: they can be parsed.
template <typename Command>
Outcome run_command(Command& command, CLI::App& program, const std::string& arguments) {
  const hal::TemporaryFolder folder;
  Outcome outcome;
  {
    const Diversion out(STDOUT_FILENO, folder.path_of("out"));
    const Diversion err(STDERR_FILENO, folder.path_of("err"));
    program.parse(arguments);
    CHECK(command.chosen());
    outcome.status = command.run();
  }
  outcome.out = text_of_file(folder.path_of("out"));
  outcome.err = text_of_file(folder.path_of("err"));
  return outcome;
}

}  // namespace sluice::app
