#include "uplink/tcp_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(TcpSocket) {
  int listener = -1;
  int near = -1;
  int far = -1;

  void setup() override {
    listener = ::socket(AF_INET, SOCK_STREAM, 0);
    near = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(address);
    CHECK(::bind(listener, name, size) == 0);
    CHECK(::listen(listener, 1) == 0);
    CHECK(::getsockname(listener, name, &size) == 0);
    static_cast<void>(::connect(near, name, size));  // under way
    far = ::accept(listener, nullptr, nullptr);
    CHECK(far >= 0);
  }
  void teardown() override {
    for (const int descriptor : {listener, near, far}) ::close(descriptor);
  }
};

TEST(TcpSocket, says_when_it_is_connected) {
  const std::optional<std::string> outcome = connect_outcome(near);
  CHECK(outcome.has_value());
  STRCMP_EQUAL("", outcome->c_str());
}

TEST(TcpSocket, says_why_it_is_not) {
  const int refused = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  CHECK(::listen(near, 0) != 0);
  const std::optional<std::string> outcome = connect_outcome(refused);  // never asked to
  CHECK(outcome.has_value());
  CHECK_FALSE(outcome->empty());
  ::close(refused);
}

TEST(TcpSocket, limits_how_long_it_waits_for_an_acknowledgement) {
  limit_unacknowledged(near, std::chrono::seconds(30));
  unsigned limit = 0;
  socklen_t size = sizeof(limit);
  CHECK(::getsockopt(near, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, &size) == 0);
  LONGS_EQUAL(30'000, limit);
}

TEST(TcpSocket, counts_bytes_with_their_headers) {
  const std::optional<Traffic> before = traffic_of(near);
  if (!before) return;  // an emulator does not pass the question on
  const std::string text(1'000, 'x');
  CHECK(::send(near, text.data(), text.size(), 0) == 1'000);
  const std::optional<Traffic> after = traffic_of(near);
  CHECK(after.has_value());
  CHECK(after->bytes_sent >= before->bytes_sent + 1'000 + 40);
  CHECK(after->bytes_sent < before->bytes_sent + 1'200);
}

TEST(TcpSocket, counts_nothing_without_a_socket) {
  CHECK_FALSE(traffic_of(-1).has_value());
}

TEST(TcpSocket, knows_its_interface) {
  STRCMP_EQUAL("lo", interface_of(near).c_str());
  STRCMP_EQUAL("", interface_of(-1).c_str());
}

}  // namespace sluice::uplink
