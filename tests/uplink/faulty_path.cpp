#include "tests/uplink/faulty_path.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "core/check.hpp"

namespace sluice::uplink {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

FaultyPath::FaultyPath(std::uint16_t broker_port)
    : broker_port_(broker_port), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  CHECK(::bind(listener_, name, size) == 0 && ::listen(listener_, 16) == 0);
  CHECK(::getsockname(listener_, name, &size) == 0);
  port_ = ntohs(address.sin_port);
}

FaultyPath::~FaultyPath() {
  end(false);
  ::close(listener_);
}

bool FaultyPath::step() {
  const bool accepted = accept();
  const bool to_broker = pass(Way::kToBroker);
  const bool from_broker = pass(Way::kFromBroker);
  return accepted || to_broker || from_broker;
}

bool FaultyPath::accept() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
  if (client < 0) return false;
  end(false);
  const int broker = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(broker_port_);
  CHECK(::connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  sockets_ = {client, broker};
  for (const int one : sockets_) {
    const int on = 1;
    CHECK(::setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
  }
  passed_ = {};
  ++connections_;
  return true;
}

bool FaultyPath::pass(Way way) {
  const auto from = static_cast<std::size_t>(way);
  if (sockets_[from] < 0) return false;
  std::array<std::uint8_t, 4'096> buffer{};
  const ssize_t got =
      ::recv(sockets_[from], buffer.data(), std::min(width_, buffer.size()), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
  if (got <= 0) {
    // A silent path tells nobody that the other side has gone.
    if (!silent_ || way == Way::kToBroker) end(false);
    return !silent_;
  }
  const std::span<std::uint8_t> bytes(buffer.data(), static_cast<std::size_t>(got));
  if (bears(way, bytes)) {
    // The other side may have ended it; that is seen when it is read from.
    static_cast<void>(::send(sockets_[1 - from], bytes.data(), bytes.size(), MSG_NOSIGNAL));
    passed_[from] += bytes.size();
  }
  return true;
}

bool FaultyPath::bears(Way way, std::span<std::uint8_t> bytes) {
  if (silent_) return false;
  const std::size_t before = passed(way);
  if (struck_ || fault_.harm == Harm::kNone || way != fault_.way ||
      fault_.after >= before + bytes.size()) {
    return true;
  }
  struck_ = true;
  const std::size_t good = fault_.after - before;
  if (fault_.harm == Harm::kChange) {
    bytes[good] = static_cast<std::uint8_t>(~bytes[good]);
    return true;
  }
  const std::size_t to = 1 - static_cast<std::size_t>(way);
  static_cast<void>(::send(sockets_[to], bytes.data(), good, MSG_NOSIGNAL));
  if (fault_.harm == Harm::kSilence) {
    silent_ = true;
  } else {
    end(fault_.harm == Harm::kReset);
  }
  return false;
}

void FaultyPath::end(bool reset) {
  for (int& socket : sockets_) {
    if (socket < 0) continue;
    const linger at_once{1, 0};
    if (reset) {
      CHECK(::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
    }
    ::close(socket);
    socket = -1;
  }
  silent_ = false;
}

}  // namespace sluice::uplink
