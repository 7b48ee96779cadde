#include "config/config.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(Config){};

TEST(Config, puts_the_buffer_into_the_state_directory) {
  STRCMP_EQUAL("/var/lib/sluice/sluice.db", database_path("/var/lib/sluice").c_str());
}

}  // namespace sluice::config
