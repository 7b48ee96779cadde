#include "tests/core/death.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>

namespace sluice {
namespace {

[[noreturn]] void die(const std::function<void()>& work, int standard_error) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  dup2(standard_error, STDERR_FILENO);
  work();
  _exit(0);
}

}  // namespace

std::string last_words(const std::function<void()>& work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return "";
  const pid_t child = fork();
  if (child == 0) die(work, ends[1]);
  close(ends[1]);
  std::string words;
  std::array<char, 256> part{};
  for (ssize_t length = 0; (length = read(ends[0], part.data(), part.size())) > 0;) {
    words.append(part.data(), static_cast<std::size_t>(length));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? words : "";
}

}  // namespace sluice
