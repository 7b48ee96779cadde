#include "uplink/link_fault.hpp"

#include <cstdint>
#include <set>
#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(LinkFault) {
  static constexpr auto kLast = static_cast<std::uint8_t>(LinkFault::kTlsClientCertificate);
};

TEST(LinkFault, has_a_word_of_its_own_for_each) {
  std::set<std::string> words;
  for (std::uint8_t value = 0; value <= kLast; ++value) {
    const std::string word(name_of(static_cast<LinkFault>(value)));
    CHECK(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos);
    CHECK(words.insert(word).second);
  }
}

TEST(LinkFault, is_a_refusal_when_the_broker_says_no) {
  CHECK(is_refusal(LinkFault::kAuthRefused));
  CHECK(is_refusal(LinkFault::kQosRefused));
  CHECK_FALSE(is_refusal(LinkFault::kLost));
  CHECK_FALSE(is_refusal(LinkFault::kBusy));
  CHECK_FALSE(is_refusal(LinkFault::kTlsExpired));
}

}  // namespace sluice::uplink
