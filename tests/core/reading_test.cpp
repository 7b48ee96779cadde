#include "core/reading.hpp"

#include <cstdint>
#include <set>
#include <string_view>

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Reading){};

TEST(Reading, has_another_name_for_each_quality) {
  std::set<std::string_view> names;
  for (std::uint8_t i = 0; i < kQualityCount; ++i) names.insert(name_of(static_cast<Quality>(i)));
  CHECK_EQUAL(std::size_t{kQualityCount}, names.size());
  CHECK_TRUE(name_of(Quality::kSuspectClock) == "suspect_clock");
}

TEST(Reading, is_missing_until_it_is_given) {
  ENUMS_EQUAL_INT(Quality::kMissing, Reading{}.quality);
  ENUMS_EQUAL_INT(Quality::kMissing, Sample{}.quality);
}

}  // namespace sluice
