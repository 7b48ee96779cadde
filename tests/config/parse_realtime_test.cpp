#include <chrono>
#include <string>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(ParseRealtime){void expect(const char* expected, const std::string& toml)
                              const {STRCMP_EQUAL(expected, problems_in(toml).c_str());
}  // namespace sluice::config
}
;

TEST(ParseRealtime, takes_what_is_there) {
  const Config config =
      config_of(before_channel("[realtime]\npriority = 0\nlock_memory = false\nring = \"10s\""));
  LONGS_EQUAL(0, config.realtime.priority);
  CHECK_FALSE(config.realtime.lock_memory);
  CHECK_TRUE(config.realtime.ring == 10s);
}

TEST(ParseRealtime, wants_a_ring_that_lasts_from_commit_to_commit) {
  expect(
      "t.toml:2:8: realtime.ring: a ring of 5s is shorter than commit_every of 10s: it would "
      "overflow between two commits",
      before_channel(
          "[realtime]\nring = \"5s\"\n[storage]\ncommit_every = \"10s\"\nseal_after = \"10s\""));
  expect("", before_channel("[realtime]\nring = \"10s\"\n[storage]\ncommit_every = \"10s\""));
}

TEST(ParseRealtime, bounds_the_memory_of_the_ring) {
  const std::string fast =
      "[[channel]]\nname = \"b\"\nunit = \"1\"\ndriver = \"simulated\"\n"
      "period = \"100us\"\n";
  expect(
      "t.toml:2:8: realtime.ring: a ring of 10m is 6000602 readings of these channels; at most "
      "4000000 are taken: shorten it or read more slowly",
      before_channel("[realtime]\nring = \"10m\"\n" + fast));
  expect("", before_channel("[realtime]\nring = \"6m30s\"\n" + fast));
}

TEST(ParseRealtime, reports_a_default_that_does_not_do_at_its_table) {
  expect(
      "t.toml:1:1: realtime.ring: a ring of 30s is shorter than commit_every of 1m: it would "
      "overflow between two commits",
      before_channel("[realtime]\n[storage]\ncommit_every = \"1m\"\nseal_after = \"1m\""));
}

}  // namespace sluice::config
