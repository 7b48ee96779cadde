#include <chrono>
#include <string>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(ParseStorage){void expect(const char* expected, const std::string& toml)
                             const {STRCMP_EQUAL(expected, problems_in(toml).c_str());
}  // namespace sluice::config
}
;

TEST(ParseStorage, takes_what_is_there) {
  const Config config = config_of(
      before_channel("[storage]\nquota = \"2GiB\"\ncommit_every = \"500ms\"\nseal_after = \"2s\"\n"
                     "seal_readings = 500"));
  CHECK_TRUE(config.storage.quota_bytes == 2ULL * 1024 * 1024 * 1024);
  CHECK_TRUE(config.seal.commit_every == 500ms);
  CHECK_TRUE(config.seal.seal_after == 2s);
  LONGS_EQUAL(500, config.seal.seal_readings);
}

TEST(ParseStorage, seals_no_earlier_than_it_commits) {
  expect(
      "t.toml:3:14: storage.seal_after: seal_after of 1s is shorter than commit_every of 2s; what "
      "is not committed cannot be sealed",
      before_channel("[storage]\ncommit_every = \"2s\"\nseal_after = \"1s\""));
  expect(
      "t.toml:4:16: storage.commit_every: seal_after of 30s is shorter than commit_every of 31s; "
      "what is not committed cannot be sealed",
      before_channel("[realtime]\nring = \"1m\"\n[storage]\ncommit_every = \"31s\""));
}

}  // namespace sluice::config
