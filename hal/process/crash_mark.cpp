#include "hal/process/crash_mark.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string_view>

#include "core/check.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

constexpr std::array kSignals{SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
constexpr std::size_t kLineMax = 128;

// A signal handler is given nothing but the signal, so what it needs is here.
struct Mark {
  int file = -1;
  std::size_t size = 0;
  std::array<char, kLineMax> line{};
};
Mark mark;

std::string_view name_of(int signal) {
  switch (signal) {
    case SIGABRT:
      return "SIGABRT\n";
    case SIGBUS:
      return "SIGBUS\n";
    case SIGFPE:
      return "SIGFPE\n";
    case SIGILL:
      return "SIGILL\n";
    default:
      return "SIGSEGV\n";
  }
}

// Only what signal-safety(7) lists.
void leave_mark(int signal) {
  std::array<char, kLineMax + 16> text{};
  const std::string_view name = name_of(signal);
  char* const end = std::copy_n(mark.line.data(), mark.size, text.data());
  std::copy(name.begin(), name.end(), end);
  [[maybe_unused]] const ssize_t written = write(mark.file, text.data(), mark.size + name.size());
  // SA_RESETHAND has put the usual end in place.
  raise(signal);
}

}  // namespace

Result<> mark_crashes(const std::string& path, const std::string& line) {
  CHECK(line.size() <= kLineMax);
  mark.file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (mark.file < 0) return system_error(path, errno);
  mark.size = line.copy(mark.line.data(), kLineMax);
  struct sigaction action {};
  action.sa_handler = leave_mark;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : kSignals) CHECK(sigaction(signal, &action, nullptr) == 0);
  return Ok{};
}

}  // namespace sluice::hal
