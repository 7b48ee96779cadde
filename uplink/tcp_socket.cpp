#include "uplink/tcp_socket.hpp"

#include <ifaddrs.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <system_error>

namespace sluice::uplink {
namespace {

constexpr std::uint64_t kIpv4HeaderBytes = 20;
constexpr std::uint64_t kIpv6HeaderBytes = 40;
constexpr std::uint64_t kTcpHeaderBytes = 20;
constexpr std::uint64_t kTimestampBytes = 12;

struct FreeInterfaces {
  void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

std::optional<sockaddr_storage> local_address(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  return address;
}

// The address without its port, as bytes.
std::string bytes_of(const sockaddr* address) {
  std::string bytes;
  if (address->sa_family == AF_INET) {
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(address);
    bytes.assign(reinterpret_cast<const char*>(&v4->sin_addr), sizeof(v4->sin_addr));
  } else if (address->sa_family == AF_INET6) {
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(address);
    bytes.assign(reinterpret_cast<const char*>(&v6->sin6_addr), sizeof(v6->sin6_addr));
  }
  return bytes;
}

}  // namespace

std::optional<std::string> connect_outcome(int socket) {
  pollfd ready{socket, POLLOUT, 0};
  if (::poll(&ready, 1, 0) <= 0) return std::nullopt;
  int error = 0;
  socklen_t size = sizeof(error);
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  // A write of the library's may have taken the error away; the hang-up stays.
  if (error == 0 && (ready.revents & (POLLERR | POLLHUP)) != 0) error = ECONNREFUSED;
  return error == 0 ? std::string() : std::generic_category().message(error);
}

void limit_unacknowledged(int socket, Duration limit) {
  const auto ms =
      static_cast<unsigned>(std::chrono::duration_cast<std::chrono::milliseconds>(limit).count());
  // Without it a dead peer is noticed later, by the keep-alive.
  static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms)));
}

std::optional<Traffic> traffic_of(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_bytes_sent) + sizeof(info.tcpi_bytes_sent)) {
    return std::nullopt;
  }
  const std::optional<sockaddr_storage> local = local_address(socket);
  const bool v6 = local && local->ss_family == AF_INET6;
  const std::uint64_t header =
      (v6 ? kIpv6HeaderBytes : kIpv4HeaderBytes) + kTcpHeaderBytes +
      ((info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0 ? kTimestampBytes : 0);
  return Traffic{info.tcpi_bytes_sent + header * info.tcpi_segs_out,
                 info.tcpi_bytes_received + header * info.tcpi_segs_in};
}

std::string interface_of(int socket) {
  const std::optional<sockaddr_storage> local = local_address(socket);
  ifaddrs* found = nullptr;
  if (!local || ::getifaddrs(&found) != 0) return {};
  const std::unique_ptr<ifaddrs, FreeInterfaces> list(found);
  const std::string wanted = bytes_of(reinterpret_cast<const sockaddr*>(&*local));
  for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr != nullptr && !wanted.empty() && bytes_of(entry->ifa_addr) == wanted) {
      return entry->ifa_name;
    }
  }
  return {};
}

}  // namespace sluice::uplink
