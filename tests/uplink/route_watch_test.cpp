#include "uplink/route_watch.hpp"

#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

constexpr int kNotPermitted = 77;

// Of the namespace that the process is in.
void set_loopback_up() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  static_cast<void>(::ioctl(socket, SIOCSIFFLAGS, &request));
  ::close(socket);
}

bool is_readable(int descriptor) {
  pollfd ready{descriptor, POLLIN, 0};
  return ::poll(&ready, 1, 0) == 1;
}

// In a network of its own, whose loopback is down at first. The number of the check that failed; 0
// for none.
int watch_the_loopback_come_up() {
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return kNotPermitted;
  }
  const std::unique_ptr<RouteWatch> routes = watch_routes();
  if (!routes) return 1;
  if (!routes->interface_to("127.0.0.1").empty()) return 2;
  if (routes->changed() || is_readable(routes->descriptor())) return 3;
  set_loopback_up();
  if (!is_readable(routes->descriptor()) || !routes->changed()) return 4;
  if (routes->interface_to("127.0.0.1") != "lo") return 5;
  if (routes->changed() || is_readable(routes->descriptor())) return 6;
  // A way that leads nowhere is none.
  if (!routes->interface_to("192.0.2.1").empty()) return 7;
  return routes->interface_to("2001:db8::1").empty() ? 0 : 8;
}

}  // namespace

TEST_GROUP(RouteWatch) {
  // Null where an emulator does not pass the question on.
  const std::unique_ptr<RouteWatch> routes = watch_routes();
};

TEST(RouteWatch, knows_over_which_interface_an_address_is_reached) {
  if (!routes) return;
  STRCMP_EQUAL("lo", routes->interface_to("127.0.0.1").c_str());
  STRCMP_EQUAL("wlan7", routes->interface_to("fe80::1%wlan7").c_str());
}

TEST(RouteWatch, knows_no_interface_for_what_is_no_address) {
  if (!routes) return;
  STRCMP_EQUAL("", routes->interface_to("").c_str());
  STRCMP_EQUAL("", routes->interface_to("nowhere").c_str());
}

TEST(RouteWatch, is_silent_while_nothing_changes) {
  if (!routes) return;
  static_cast<void>(routes->changed());
  CHECK_FALSE(is_readable(routes->descriptor()));
  CHECK_FALSE(routes->changed());
}

TEST(RouteWatch, notices_that_an_interface_comes_up) {
  if (!routes) return;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(watch_the_loopback_come_up());
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNotPermitted) {
    UT_PRINT("skipped: no network namespace is permitted here");
    return;
  }
  LONGS_EQUAL(0, WEXITSTATUS(status));
}

}  // namespace sluice::uplink
