#include "hal/process/notify_socket.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/hal/process/notify_listener.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::seconds;

TEST_GROUP(NotifySocket){void teardown() override{
    for (const char* name
         : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
}
static void set(const char* name, const std::string& value) {
  setenv(name, value.c_str(), 1);
}
}
;

TEST(NotifySocket, carries_what_is_told) {
  NotifyListener listener;
  const NotifySocket socket(listener.name(), {});
  CHECK_TRUE(socket.tell("READY=1\nSTATUS=well"));
  CHECK_TRUE(socket.tell("STOPPING=1"));
  CHECK_TRUE(listener.heard() == (std::vector<std::string>{"READY=1\nSTATUS=well", "STOPPING=1"}));
}

TEST(NotifySocket, may_have_an_abstract_name) {
  NotifyListener listener("@sluice-test-" + std::to_string(getpid()));
  CHECK_TRUE(NotifySocket(listener.name(), {}).tell("READY=1"));
  CHECK_EQUAL(1U, listener.heard().size());
}

TEST(NotifySocket, has_no_listener_in_a_program_started_by_hand) {
  const NotifySocket socket = NotifySocket::from_environment();
  CHECK_FALSE(socket.has_listener());
  CHECK_FALSE(socket.tell("READY=1"));
  CHECK_TRUE(socket.watchdog() == seconds(0));
}

TEST(NotifySocket, is_found_in_the_environment) {
  NotifyListener listener;
  set("NOTIFY_SOCKET", listener.name());
  set("WATCHDOG_USEC", "30000000");
  set("WATCHDOG_PID", std::to_string(getpid()));
  const NotifySocket socket = NotifySocket::from_environment();
  CHECK_TRUE(socket.has_listener());
  CHECK_TRUE(socket.watchdog() == seconds(30));
  CHECK_TRUE(socket.tell("READY=1"));
  CHECK_EQUAL(1U, listener.heard().size());
}

TEST(NotifySocket, does_not_take_the_watchdog_of_another_process) {
  set("NOTIFY_SOCKET", "/run/systemd/notify");
  set("WATCHDOG_USEC", "30000000");
  CHECK_TRUE(NotifySocket::from_environment().watchdog() == seconds(30));
  set("WATCHDOG_PID", std::to_string(getpid() + 1));
  CHECK_TRUE(NotifySocket::from_environment().watchdog() == seconds(0));
}

TEST(NotifySocket, takes_no_watchdog_from_what_is_no_time) {
  set("NOTIFY_SOCKET", "/run/systemd/notify");
  for (const char* text : {"", "0", "-1", "soon", "1s", "9223372036854775807"}) {
    set("WATCHDOG_USEC", text);
    CHECK_TRUE_TEXT(NotifySocket::from_environment().watchdog() == seconds(0), text);
  }
}

TEST(NotifySocket, is_of_a_known_kind) {
  for (const std::string& text :
       {std::string("vsock:2:1234"), std::string("notify"), "/" + std::string(200, 'a')}) {
    set("NOTIFY_SOCKET", text);
    CHECK_FALSE_TEXT(NotifySocket::from_environment().has_listener(), text.c_str());
  }
}

TEST(NotifySocket, may_have_lost_its_listener) {
  CHECK_FALSE(NotifySocket("/nonexistent/notify", {}).tell("READY=1"));
}

TEST(NotifySocket, that_is_full_holds_nobody_up) {
  NotifyListener listener;
  const NotifySocket socket(listener.name(), {});
  int taken = 0;
  while (socket.tell("STATUS=" + std::to_string(taken))) ++taken;
  CHECK_EQUAL(static_cast<std::size_t>(taken), listener.heard().size());
  CHECK_TRUE(socket.tell("READY=1"));
}
