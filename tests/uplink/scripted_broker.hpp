#pragma once
// A broker on the loopback that says what the test tells it to, byte by byte, in the test's own
// thread, over TLS if told so. It understands just enough of MQTT to cut packets out of the stream.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "core/check.hpp"
#include "tests/uplink/certificates.hpp"

namespace sluice::uplink {

class ScriptedBroker {
 public:
  // Types of packets: the upper half of their first byte.
  static constexpr int kConnect = 1;
  static constexpr int kPublish = 3;
  static constexpr int kPuback = 4;
  static constexpr int kSubscribe = 8;
  static constexpr int kDisconnect = 14;

  struct Packet {
    int type = 0;   // 0: what came is no packet; nothing behind it is
    int flags = 0;  // the lower half
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
    for (const int one : queue_) {
      if (one >= 0) ::close(one);
    }
    if (listener_ >= 0) ::close(listener_);
  }

  std::uint16_t port() const { return port_; }

  // From the next connection on. `context` outlives the broker; null is no TLS.
  void speak_tls(SSL_CTX* context) { tls_ = context; }
  // The name that the client asked for (SNI) on this connection.
  std::string asked_for() const {
    const char* const name =
        ssl_ ? SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name) : nullptr;
    return name == nullptr ? "" : name;
  }
  int connections() const { return connections_; }
  int peer() const { return peer_; }  // the socket; -1 for none

  void stop_listening() {
    ::close(listener_);
    listener_ = -1;
  }
  // A listener with a full queue drops what comes, like a firewall.
  void drop_what_comes() {
    CHECK(::listen(listener_, 0) == 0);
    for (int& one : queue_) {
      one = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port_);
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      static_cast<void>(
          ::connect(one, reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
    }
  }

  // Packets that have come since the last call. A new connection takes the place of the old one.
  std::vector<Packet> receive() {
    for (int fresh; (fresh = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      hang_up();
      peer_ = fresh;
      ++connections_;
      // What is said in pieces goes at once.
      const int on = 1;
      CHECK(::setsockopt(peer_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
      if (tls_ == nullptr) continue;
      ssl_.reset(SSL_new(tls_));
      CHECK(SSL_set_fd(ssl_.get(), peer_) == 1);
      SSL_set_accept_state(ssl_.get());
    }
    std::array<std::uint8_t, 4'096> buffer{};
    for (ssize_t size; (size = read(buffer)) > 0;) {
      stream_.insert(stream_.end(), buffer.begin(), buffer.begin() + size);
    }
    std::vector<Packet> packets;
    for (Packet packet; take(packet);) packets.push_back(packet);
    return packets;
  }

  void send(std::initializer_list<std::uint8_t> bytes) { CHECK(offer(bytes)); }
  // False when the peer is gone.
  bool offer(const std::vector<std::uint8_t>& bytes) {
    const auto size = static_cast<int>(bytes.size());
    return size == (ssl_ ? SSL_write(ssl_.get(), bytes.data(), size)
                         : ::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  void hang_up() {
    ssl_.reset();
    if (peer_ >= 0) ::close(peer_);
    peer_ = -1;
    stream_.clear();
  }

 private:
  static constexpr std::size_t kLengthBytesMax = 4;

  ssize_t read(std::array<std::uint8_t, 4'096>& buffer) {
    if (!ssl_) return ::recv(peer_, buffer.data(), buffer.size(), 0);
    return SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
  }
  bool take(Packet& packet) {
    std::size_t length = 0;
    std::size_t head = 1;
    for (int shift = 0;; shift += 7) {
      if (head >= stream_.size()) return false;
      if (head > kLengthBytesMax) {
        stream_.clear();
        packet = {};
        return true;
      }
      const std::uint8_t byte = stream_[head++];
      length |= static_cast<std::size_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    if (stream_.size() < head + length) return false;
    const auto body = stream_.begin() + static_cast<std::ptrdiff_t>(head);
    const auto end = body + static_cast<std::ptrdiff_t>(length);
    packet = {stream_[0] >> 4, stream_[0] & 0xF, {body, end}};
    stream_.erase(stream_.begin(), end);
    return true;
  }

  int listener_ = -1;
  int peer_ = -1;
  std::uint16_t port_ = 0;
  int connections_ = 0;
  std::array<int, 8> queue_{-1, -1, -1, -1, -1, -1, -1, -1};
  SSL_CTX* tls_ = nullptr;
  std::unique_ptr<SSL, FreeOpenSsl> ssl_;
  std::vector<std::uint8_t> stream_;
};

}  // namespace sluice::uplink
