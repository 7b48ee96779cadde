#include "hal/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>

#include "core/check.hpp"
#include "hal/file_handle.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

// How often it is looked whether the program has ended: it may close its output long before.
constexpr Duration kLook = std::chrono::milliseconds(10);

// The program with its own process group, so that what it starts can be ended with it.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // A kill cannot be refused or missed; the group's number is not given to others before the wait.
  ~Child() {
    if (ended_) return;
    kill(-id_, SIGKILL);
    while (waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  // Whether it has ended; what it left running is ended then, too.
  bool has_ended(int& status) {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) != 0)
      return false;
    if (info.si_pid != id_) return false;
    kill(-id_, SIGKILL);
    while (waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    ended_ = true;
    return true;
  }

 private:
  const pid_t id_;
  bool ended_ = false;
};

class SpawnPlan {
 public:
  SpawnPlan() {
    CHECK(posix_spawn_file_actions_init(&files_) == 0);
    CHECK(posix_spawnattr_init(&attributes_) == 0);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }

  // The gateway blocks and ignores signals that a program expects to work.
  void prepare(int output) {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    CHECK(posix_spawnattr_setsigmask(&attributes_, &none) == 0);
    CHECK(posix_spawnattr_setsigdefault(&attributes_, &all) == 0);
    CHECK(posix_spawnattr_setpgroup(&attributes_, 0) == 0);
    CHECK(posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                     POSIX_SPAWN_SETPGROUP) == 0);
    CHECK(posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0) == 0);
    CHECK(posix_spawn_file_actions_adddup2(&files_, output, 1) == 0);
    CHECK(posix_spawn_file_actions_addopen(&files_, 2, "/dev/null", O_WRONLY, 0) == 0);
    CHECK(posix_spawn_file_actions_addclosefrom_np(&files_, 3) == 0);
  }
  // 0, or an errno.
  int spawn(const std::vector<std::string>& command, pid_t& id) {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const std::array<char*, 2> environment{path.data(), nullptr};
    return posix_spawn(&id, arguments[0], &files_, &attributes_, arguments.data(),
                       environment.data());
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

// Reads what is there. False at the end of the output.
Result<bool> take_output(int pipe, std::string& output) {
  std::array<char, kOutputMax + 1> block;
  const ssize_t count = read(pipe, block.data(), block.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  output.append(block.data(), static_cast<std::size_t>(count));
  if (output.size() > kOutputMax) {
    return Error{ErrorCode::kFull, "it writes more than " + std::to_string(kOutputMax) +
                                       " bytes; one number is enough"};
  }
  return count > 0;
}

// Counts the looks, so that this needs no clock.
class LookTimer {
 public:
  LookTimer() : timer_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    CHECK(timer_.valid());
    itimerspec every{};
    every.it_interval.tv_nsec = static_cast<long>(kLook.count());
    every.it_value = every.it_interval;
    CHECK(timerfd_settime(timer_.number(), 0, &every, nullptr) == 0);
  }
  int number() const { return timer_.number(); }
  Duration passed() {
    std::uint64_t looks = 0;
    if (read(timer_.number(), &looks, sizeof(looks)) == sizeof(looks)) looks_ += looks;
    return static_cast<std::int64_t>(looks_) * kLook;
  }

 private:
  const FileHandle timer_;
  std::uint64_t looks_ = 0;
};

Result<std::string> judged(const std::string& program, int status, std::string output) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return output;
  const std::string how = WIFEXITED(status) ? "status " + std::to_string(WEXITSTATUS(status))
                                            : "signal " + std::to_string(WTERMSIG(status));
  return Error{ErrorCode::kUnavailable, program + " ended with " + how};
}

}  // namespace

Result<std::string> output_of(const std::vector<std::string>& command, Duration limit) {
  CHECK(!command.empty());
  const std::string& program = command.front();
  // Where a program is emulated, starting another one does not say why it failed.
  if (access(program.c_str(), X_OK) != 0) return system_error(program, errno);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return system_error("a pipe", errno);
  const FileHandle pipe(ends[0]);
  pid_t id = 0;
  {
    const FileHandle output(ends[1]);
    // The program's own end may wait.
    CHECK(fcntl(output.number(), F_SETFL, 0) == 0);
    SpawnPlan plan;
    plan.prepare(output.number());
    if (const int failure = plan.spawn(command, id); failure != 0) {
      return system_error(program, failure);
    }
  }
  Child child(id);
  LookTimer timer;
  std::string output;
  bool open = true;
  for (;;) {
    std::array<pollfd, 2> waited = {{{timer.number(), POLLIN, 0}, {pipe.number(), POLLIN, 0}}};
    poll(waited.data(), open ? 2 : 1, -1);
    int status = 0;
    const bool ended = child.has_ended(status);
    // What it wrote before it ended lies in the pipe; whoever held that open is ended, too.
    while (open) {
      const std::size_t before = output.size();
      const Result<bool> more = take_output(pipe.number(), output);
      if (!more) return Error{more.error().code, program + ": " + more.error().message};
      open = *more;
      if (output.size() == before) break;
    }
    if (ended) return judged(program, status, std::move(output));
    if (timer.passed() >= limit) {
      return Error{ErrorCode::kTimeout,
                   program + " does not end; it and what it has started were killed"};
    }
  }
}

}  // namespace sluice::hal
