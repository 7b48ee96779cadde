#include "uplink/dial.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(Dial) {
  int listener = -1;
  std::uint16_t port = 0;

  void setup() override {
    listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    CHECK(::listen(listener, 4) == 0);
    socklen_t size = sizeof(address);
    CHECK(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port = ntohs(address.sin_port);
  }
  void teardown() override {
    hang_up();
  }
  void hang_up() {
    if (listener >= 0) ::close(listener);
    listener = -1;
  }
  // On the loopback everything is decided at once; the bound only ends a broken test.
  std::string answer(const std::string& host) {
    Result<Dial> dial = Dial::start(host, port);
    if (!dial) return "no address";
    for (int tries = 0; tries < 1'000'000; ++tries) {
      const std::optional<Result<std::string>> done = dial->poll(Instant());
      if (done) return done->ok() ? **done : done->error().message;
    }
    return "undecided";
  }
};

TEST(Dial, finds_the_address_that_listens) {
  STRCMP_EQUAL("127.0.0.1", answer("127.0.0.1").c_str());
}

// A broker often listens on IPv4 alone while the name has an IPv6 address first.
TEST(Dial, tries_every_address_of_a_name) {
  STRCMP_EQUAL("127.0.0.1", answer("localhost").c_str());
}

TEST(Dial, says_which_address_refused) {
  hang_up();
  STRCMP_EQUAL("127.0.0.1: Connection refused", answer("127.0.0.1").c_str());
}

TEST(Dial, says_when_a_name_has_no_address) {
  STRCMP_EQUAL("no address", answer("not a host name").c_str());
}

TEST(Dial, gives_an_address_up_after_its_time) {
  // A listener with a full queue drops what comes, like a firewall.
  CHECK(::listen(listener, 0) == 0);
  std::optional<Dial> waiting;
  std::vector<Dial> queue;
  for (int i = 0; i < 8; ++i) {
    queue.push_back(std::move(*Dial::start("127.0.0.1", port)));
    if (!queue.back().poll(Instant())) break;
  }
  waiting = std::move(queue.back());
  const auto late = waiting->poll(Instant() + Dial::kAddressTimeout);
  CHECK(late.has_value());
}

}  // namespace sluice::uplink
