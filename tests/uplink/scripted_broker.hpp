#pragma once
// A broker on the loopback that says what the test tells it to, byte by byte, in the test's own
// thread. It understands just enough of MQTT to cut packets out of the stream.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "core/check.hpp"

namespace sluice::uplink {

class ScriptedBroker {
 public:
  // Types of packets: the upper half of their first byte.
  static constexpr int kConnect = 1;
  static constexpr int kPublish = 3;
  static constexpr int kSubscribe = 8;
  static constexpr int kDisconnect = 14;

  struct Packet {
    int type = 0;
    std::vector<std::uint8_t> body;
  };

  ScriptedBroker() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    CHECK(::bind(listener_, name, size) == 0 && ::listen(listener_, 16) == 0);
    CHECK(::getsockname(listener_, name, &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ScriptedBroker(const ScriptedBroker&) = delete;
  ScriptedBroker& operator=(const ScriptedBroker&) = delete;
  ~ScriptedBroker() {
    hang_up();
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }

  // Packets that have come since the last call. A new connection takes the place of the old one,
  // and one that sends nothing is only the link finding out whether somebody listens.
  std::vector<Packet> receive() {
    for (int fresh; (fresh = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      hang_up();
      peer_ = fresh;
    }
    std::array<std::uint8_t, 4'096> buffer{};
    for (ssize_t size; (size = ::recv(peer_, buffer.data(), buffer.size(), 0)) > 0;) {
      stream_.insert(stream_.end(), buffer.begin(), buffer.begin() + size);
    }
    std::vector<Packet> packets;
    for (Packet packet; take(packet);) packets.push_back(packet);
    return packets;
  }

  void send(std::initializer_list<std::uint8_t> bytes) {
    const std::vector<std::uint8_t> copy(bytes);
    CHECK(::send(peer_, copy.data(), copy.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(copy.size()));
  }
  void hang_up() {
    if (peer_ >= 0) ::close(peer_);
    peer_ = -1;
    stream_.clear();
  }

 private:
  bool take(Packet& packet) {
    std::size_t length = 0;
    std::size_t head = 1;
    for (int shift = 0;; shift += 7) {
      if (head >= stream_.size()) return false;
      const std::uint8_t byte = stream_[head++];
      length |= static_cast<std::size_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    if (stream_.size() < head + length) return false;
    const auto body = stream_.begin() + static_cast<std::ptrdiff_t>(head);
    const auto end = body + static_cast<std::ptrdiff_t>(length);
    packet = {stream_[0] >> 4, {body, end}};
    stream_.erase(stream_.begin(), end);
    return true;
  }

  int listener_ = -1;
  int peer_ = -1;
  std::uint16_t port_ = 0;
  std::vector<std::uint8_t> stream_;
};

}  // namespace sluice::uplink
