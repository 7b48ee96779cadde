#include "app/requests.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice::app;

TEST_GROUP(Requests){};

TEST(Requests, the_socket_lies_in_the_run_directory) {
  STRCMP_EQUAL("/run/sluice/sluice.sock", socket_path("/run/sluice").c_str());
}
