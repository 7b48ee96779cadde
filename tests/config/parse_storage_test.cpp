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
  const Config config =
      config_of(before_channel("[storage]\nquota = \"2GiB\"\nfree_floor = \"0B\"\ncommit_every = "
                               "\"500ms\"\nseal_after = \"2s\"\n"
                               "seal_readings = 500"));
  CHECK_TRUE(config.storage.quota_bytes == 2ULL * 1024 * 1024 * 1024);
  CHECK_TRUE(config.storage.free_floor_bytes == 0);
  CHECK_TRUE(config.seal.commit_every == 500ms);
  CHECK_TRUE(config.seal.seal_after == 2s);
  LONGS_EQUAL(500, config.seal.seal_readings);
}

TEST(ParseStorage, may_know_what_the_card_takes) {
  CHECK_TRUE(config_of(before_channel("")).card_endurance_bytes == 0);
  CHECK_TRUE(
      config_of(before_channel("[storage]\ncard_endurance = \"30TB\"")).card_endurance_bytes ==
      30'000'000'000'000);
}

TEST(ParseStorage, has_the_defaults_of_the_store) {
  const Config config = config_of(before_channel("[storage]"));
  storage::Options expected;
  expected.path = config.storage.path;
  CHECK_TRUE(config.storage == expected);
}

TEST(ParseStorage, keeps_room_for_the_largest_seal) {
  CHECK_TRUE(config_of(before_channel("[storage]\nquota = \"4MiB\"")).storage.quota_bytes ==
             4ULL * 1024 * 1024);
  expect(
      "t.toml:3:17: storage.seal_readings: seal_readings of 1000000 needs a quota of 90929KiB or "
      "more, for the log that holds them",
      before_channel("[storage]\nquota = \"64MiB\"\nseal_readings = 1000000"));
  CHECK_TRUE(config_of(before_channel("[storage]\nquota = \"128MiB\"\nseal_readings = 1000000"))
                 .storage.commit_bytes_max == 20'400'000);
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
