#include "hal/process/notify_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>

#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Zero for what is no time, or not meant for this process.
Duration watchdog_asked_for() {
  const std::string process = variable("WATCHDOG_PID");
  if (!process.empty() && parse_integer(process) != std::int64_t{getpid()}) return {};
  const std::optional<std::int64_t> us = parse_integer(variable("WATCHDOG_USEC"));
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max() / 1'000;
  if (!us || *us <= 0 || *us > kMax) return {};
  return std::chrono::microseconds(*us);
}

}  // namespace

NotifySocket NotifySocket::from_environment() {
  std::string socket = variable("NOTIFY_SOCKET");
  // Other kinds of sockets are for virtual machines.
  const bool known = socket.starts_with('/') || socket.starts_with('@');
  if (!known || socket.size() >= sizeof(sockaddr_un::sun_path)) return {};
  return {std::move(socket), watchdog_asked_for()};
}

bool NotifySocket::tell(std::string_view lines) const {
  if (!has_listener() || socket_.size() >= sizeof(sockaddr_un::sun_path)) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') address.sun_path[0] = '\0';
  const std::size_t size = offsetof(sockaddr_un, sun_path) + socket_.size();
  const int own = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (own < 0) return false;
  const ssize_t sent =
      sendto(own, lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
             reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
  close(own);
  return sent == static_cast<ssize_t>(lines.size());
}

}  // namespace sluice::hal
