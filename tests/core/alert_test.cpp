#include "core/alert.hpp"

#include <cstdint>
#include <set>
#include <string_view>

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Alert){};

TEST(Alert, has_another_name_for_each_severity) {
  std::set<std::string_view> names;
  for (std::uint8_t i = 0; i < kSeverityCount; ++i) names.insert(name_of(static_cast<Severity>(i)));
  CHECK_EQUAL(std::size_t{kSeverityCount}, names.size());
  CHECK_TRUE(name_of(Severity::kCritical) == "critical");
}

TEST(Alert, has_another_name_for_each_change) {
  std::set<std::string_view> names;
  for (std::uint8_t i = 0; i < kAlertChangeCount; ++i) {
    names.insert(name_of(static_cast<AlertChange>(i)));
  }
  CHECK_EQUAL(std::size_t{kAlertChangeCount}, names.size());
  CHECK_TRUE(name_of(AlertChange::kCleared) == "cleared");
}

TEST(Alert, tells_conditions_of_another_kind_apart) {
  CHECK_TRUE(Condition(Above{1.0, 0.0}) == Condition(Above{1.0, 0.0}));
  CHECK_FALSE(Condition(Above{1.0, 1.0}) == Condition(Below{1.0, 1.0}));
}

}  // namespace sluice
