#include "hal/buses/can_socket.hpp"

#include <vector>

#include "tests/hal/buses/can_pair.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal::can;

TEST_GROUP(CanSocket) {
  Pair pair;
  Socket socket{"can0", pair.open()};
  std::vector<std::uint32_t> heard;

  Result<> drain() {
    return socket.drain([this](const can_frame& frame) { heard.push_back(frame.can_id); });
  }
};

TEST(CanSocket, takes_all_that_has_come) {
  CHECK_TRUE(drain().ok());
  STRCMP_EQUAL("can0", pair.opened.c_str());
  pair.send(0x123, {1});
  pair.send(0x7, {});
  CHECK_TRUE(drain().ok());
  CHECK_TRUE(heard == (std::vector<std::uint32_t>{0x123, 0x7}));
  CHECK_TRUE(drain().ok());
  CHECK_EQUAL(2U, heard.size());
}

TEST(CanSocket, comes_back_after_the_interface_was_gone) {
  CHECK_TRUE(drain().ok());
  pair.unplug();
  pair.missing = true;
  CHECK_TRUE(drain().error().code == ErrorCode::kUnavailable);
  CHECK_TRUE(drain().error().code == ErrorCode::kNotFound);
  pair.missing = false;
  CHECK_TRUE(drain().ok());
  pair.send(0x123, {1});
  CHECK_TRUE(drain().ok());
  CHECK_EQUAL(1U, heard.size());
}

TEST(CanSocket, says_that_there_is_no_such_interface) {
  Socket none("no-such-can");
  CHECK_TRUE(none.drain([](const can_frame&) {}).error().code == ErrorCode::kNotFound);
}
