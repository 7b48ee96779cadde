#include "uplink/lookup.hpp"

#include <poll.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(Lookup) {
  // Looks of one millisecond; only a broken test needs them all.
  static constexpr int kLooks = 10'000;

  static Result<std::vector<std::string>> answer(Lookup & lookup) {
    for (int look = 0; look < kLooks; ++look) {
      std::optional<Result<std::vector<std::string>>> done = lookup.poll();
      if (done) return std::move(*done);
      ::poll(nullptr, 0, 1);
    }
    FAIL("the resolver does not answer");
    return Error{};
  }
  static Result<std::vector<std::string>> answer(const std::string& host) {
    Lookup lookup(host);
    lookup.start();
    return answer(lookup);
  }
};

TEST(Lookup, knows_an_address_as_it_is) {
  const Result<std::vector<std::string>> addresses = answer("127.0.0.1");
  CHECK(addresses.ok());
  LONGS_EQUAL(1, addresses->size());
  STRCMP_EQUAL("127.0.0.1", addresses->front().c_str());
}

TEST(Lookup, finds_each_address_of_a_name_once) {
  const Result<std::vector<std::string>> addresses = answer("localhost");
  CHECK(addresses.ok());
  LONGS_EQUAL(1, std::ranges::count(*addresses, "127.0.0.1"));
}

TEST(Lookup, says_when_a_name_has_no_address) {
  const Result<std::vector<std::string>> addresses = answer("not a host name");
  CHECK_FALSE(addresses.ok());
  CHECK(addresses.error().code == ErrorCode::kNotFound);
}

TEST(Lookup, asks_anew_each_time) {
  Lookup lookup("localhost");
  for (int times = 0; times < 3; ++times) {
    lookup.start();
    CHECK(answer(lookup).ok());
  }
}

TEST(Lookup, can_be_given_up) {
  IGNORE_ALL_LEAKS_IN_TEST();  // when the resolver is at it, it keeps what it works on
  Lookup lookup("localhost");
  lookup.start();
}

}  // namespace sluice::uplink
