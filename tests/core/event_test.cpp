#include "core/event.hpp"

#include <array>
#include <cstdint>
#include <set>
#include <string_view>
#include <variant>

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Event){};

TEST(Event, knows_its_time_whatever_it_records) {
  const Instant time = instant_from_ns(42);
  const std::array<Event, std::variant_size_v<Event>> events = {
      RunStarted{.time = time, .boot = {}, .version = {}, .config_hash = {}},
      RunEnded{.time = time},
      ChannelDeclared{.time = time, .name = {}, .unit = {}},
      AlertDeclared{.time = time, .name = {}, .rule = {}},
      ConfigApplied{.time = time, .config_hash = {}},
      AlertEvent{.time = time},
      ClockRecord{.time = time, .wall = {}},
      Gap{.time = time, .run = {}, .first = {}, .last = {}},
      SafeModeEntered{.time = time, .reason = {}},
      DriverChanged{.time = time, .reason = {}}};
  for (const Event& event : events) CHECK_EQUAL(42, to_ns(time_of(event)));
}

TEST(Event, has_another_name_for_each_reason_of_a_gap) {
  std::set<std::string_view> names;
  for (std::uint8_t i = 0; i < kGapReasonCount; ++i) {
    names.insert(name_of(static_cast<GapReason>(i)));
  }
  CHECK_EQUAL(std::size_t{kGapReasonCount}, names.size());
  CHECK_TRUE(name_of(GapReason::kMediaLoss) == "media_loss");
}

}  // namespace sluice
