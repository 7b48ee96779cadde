#include "hal/settings.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(Settings) {
  Settings settings;
};

TEST(Settings, give_back_what_was_set) {
  settings.set("flag", true);
  settings.set("integer", std::int64_t{-3});
  settings.set("number", 2.5);
  settings.set("duration", Duration(std::chrono::seconds(2)));
  settings.set("text", std::string("a"));
  settings.set("texts", std::vector<std::string>{"b", "c"});
  CHECK_TRUE(settings.flag("flag"));
  LONGS_EQUAL(-3, settings.integer("integer"));
  DOUBLES_EQUAL(2.5, settings.number("number"), 0.0);
  CHECK_TRUE(settings.duration("duration") == std::chrono::seconds(2));
  STRCMP_EQUAL("a", settings.text("text").c_str());
  CHECK_EQUAL(2U, settings.texts("texts").size());
}

TEST(Settings, know_what_was_not_set) {
  CHECK_FALSE(settings.has("chip"));
  STRCMP_EQUAL("", settings.text_or_empty("chip").c_str());
  settings.set("chip", std::string("nvme"));
  CHECK_TRUE(settings.has("chip"));
  STRCMP_EQUAL("nvme", settings.text_or_empty("chip").c_str());
}

TEST(Settings, know_a_choice_by_its_place) {
  constexpr std::array<std::string_view, 2> kChoices{"left", "right"};
  settings.set("side", std::string("right"));
  CHECK_EQUAL(1U, settings.choice("side", kChoices));
  settings.set("other", std::string("up"));
  CHECK_FALSE(last_words([&] { static_cast<void>(settings.choice("other", kChoices)); }).empty());
}

TEST(Settings, are_no_place_to_guess) {
  settings.set("number", 2.5);
  CHECK_FALSE(last_words([&] { static_cast<void>(settings.number("absent")); }).empty());
  CHECK_FALSE(last_words([&] { static_cast<void>(settings.text("number")); }).empty());
  CHECK_FALSE(last_words([&] { settings.set("number", 1.0); }).empty());
}

TEST(Settings, are_equal_when_everything_in_them_is) {
  Settings other;
  CHECK_TRUE(settings == other);
  settings.set("number", 2.5);
  CHECK_FALSE(settings == other);
  other.set("number", 2.5);
  CHECK_TRUE(settings == other);
}
