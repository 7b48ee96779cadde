#include "uplink/route_watch.hpp"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

namespace sluice::uplink {
namespace {

// A burst of changes is read in so many pieces; what is left is read with the next call.
constexpr int kReadsMax = 64;
constexpr std::size_t kBufferBytes = 8'192;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }
  int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

Descriptor open_netlink() {
  return Descriptor(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
}

// IPv4 or IPv6.
struct Destination {
  unsigned char family = AF_INET;
  std::array<std::byte, sizeof(in6_addr)> bytes{};
  std::size_t size = sizeof(in_addr);
};
std::optional<Destination> parse(const std::string& address) {
  Destination v4;
  if (::inet_pton(AF_INET, address.c_str(), v4.bytes.data()) == 1) return v4;
  Destination v6{AF_INET6, {}, sizeof(in6_addr)};
  if (::inet_pton(AF_INET6, address.c_str(), v6.bytes.data()) == 1) return v6;
  return std::nullopt;
}

struct Question {
  nlmsghdr header{};
  rtmsg route{};
  rtattr attribute{};
  std::array<std::byte, sizeof(in6_addr)> destination{};
};

bool ask(int socket, const Destination& destination) {
  Question question;
  const std::size_t attribute = RTA_LENGTH(destination.size);
  question.header.nlmsg_len = static_cast<unsigned>(NLMSG_LENGTH(sizeof(rtmsg)) + attribute);
  question.header.nlmsg_type = RTM_GETROUTE;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.route.rtm_family = destination.family;
  question.route.rtm_dst_len = static_cast<unsigned char>(8 * destination.size);
  question.attribute.rta_type = RTA_DST;
  question.attribute.rta_len = static_cast<unsigned short>(attribute);
  question.destination = destination.bytes;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  const ssize_t sent = ::sendto(socket, &question, question.header.nlmsg_len, 0,
                                reinterpret_cast<const sockaddr*>(&kernel), sizeof(kernel));
  return sent == static_cast<ssize_t>(question.header.nlmsg_len);
}

// The index of the interface in the kernel's answer; 0: there is no way.
unsigned interface_in(std::span<const std::byte> answer) {
  nlmsghdr header{};
  rtmsg route{};
  if (answer.size() < NLMSG_LENGTH(sizeof(route))) return 0;
  std::memcpy(&header, answer.data(), sizeof(header));
  if (header.nlmsg_type != RTM_NEWROUTE || header.nlmsg_len > answer.size()) return 0;
  std::memcpy(&route, answer.data() + NLMSG_HDRLEN, sizeof(route));
  // One that leads nowhere has an interface too, the loopback.
  if (route.rtm_type != RTN_UNICAST && route.rtm_type != RTN_LOCAL) return 0;
  std::span<const std::byte> left =
      answer.first(header.nlmsg_len).subspan(NLMSG_LENGTH(sizeof(route)));
  rtattr attribute{};
  while (left.size() >= sizeof(attribute)) {
    std::memcpy(&attribute, left.data(), sizeof(attribute));
    if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > left.size()) return 0;
    unsigned index = 0;
    if (attribute.rta_type == RTA_OIF && attribute.rta_len == RTA_LENGTH(sizeof(index))) {
      std::memcpy(&index, left.data() + RTA_LENGTH(0), sizeof(index));
      return index;
    }
    left = left.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), left.size()));
  }
  return 0;
}

class Rtnetlink final : public RouteWatch {
 public:
  explicit Rtnetlink(Descriptor changes) : changes_(std::move(changes)) {}

  int descriptor() const override { return changes_.number(); }

  // What exactly has changed does not matter: the question is asked again.
  bool changed() override {
    bool any = false;
    std::array<std::byte, kBufferBytes> buffer;
    for (int i = 0; i < kReadsMax && changes_.number() >= 0; ++i) {
      if (::recv(changes_.number(), buffer.data(), buffer.size(), 0) >= 0) {
        any = true;
      } else if (errno == ENOBUFS) {
        any = true;  // more has changed than the socket could hold
      } else if (errno == EAGAIN) {
        break;
      } else if (errno != EINTR) {
        changes_.close();
      }
    }
    return any;
  }

  std::string interface_to(const std::string& address) override {
    // A link-local one says it itself.
    if (const auto scope = address.find('%'); scope != std::string::npos) {
      return address.substr(scope + 1);
    }
    const std::optional<Destination> destination = parse(address);
    const Descriptor socket = open_netlink();
    if (!destination || !ask(socket.number(), *destination)) return {};
    // The kernel has answered by the time that it has the question.
    std::array<std::byte, kBufferBytes> buffer;
    const ssize_t size = ::recv(socket.number(), buffer.data(), buffer.size(), 0);
    if (size <= 0) return {};
    std::array<char, IF_NAMESIZE> name{};
    const unsigned index = interface_in(std::span(buffer).first(static_cast<std::size_t>(size)));
    return index == 0 || ::if_indextoname(index, name.data()) == nullptr ? "" : name.data();
  }

 private:
  Descriptor changes_;
};

}  // namespace

std::unique_ptr<RouteWatch> watch_routes() {
  Descriptor changes = open_netlink();
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups =
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  if (::bind(changes.number(), reinterpret_cast<const sockaddr*>(&groups), sizeof(groups)) != 0) {
    return nullptr;
  }
  return std::make_unique<Rtnetlink>(std::move(changes));
}

}  // namespace sluice::uplink
