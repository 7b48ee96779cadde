#include "app/numbering.hpp"

#include <optional>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

TEST_GROUP(Numbering) {
  Numbering numbering;

  void use_up_channels() {
    for (std::size_t i = 0; i < kChannelNumbersMax; ++i) {
      CHECK_TRUE(numbering.channel("channel" + std::to_string(i), "1").has_value());
    }
  }
  void use_up_alerts() {
    for (std::size_t i = 0; i < kAlertNumbersMax; ++i) {
      CHECK_TRUE(numbering.alert("alert" + std::to_string(i)).has_value());
    }
  }
};

TEST(Numbering, counts_channels_from_zero) {
  CHECK_EQUAL(0, index_of(*numbering.channel("load", "1")));
  CHECK_EQUAL(1, index_of(*numbering.channel("memory", "1")));
}

TEST(Numbering, counts_alerts_for_themselves) {
  static_cast<void>(numbering.channel("load", "1"));
  CHECK_EQUAL(0, index_of(*numbering.alert("load-high")));
  CHECK_EQUAL(1, index_of(*numbering.alert("load-flat")));
}

TEST(Numbering, a_name_keeps_its_number) {
  const std::optional<ChannelId> first = numbering.channel("load", "1");
  static_cast<void>(numbering.channel("memory", "1"));
  CHECK_TRUE(numbering.channel("load", "1") == first);
}

TEST(Numbering, a_channel_with_another_unit_is_another_channel) {
  const std::optional<ChannelId> celsius = numbering.channel("oven", "Cel");
  const std::optional<ChannelId> kelvin = numbering.channel("oven", "K");
  CHECK_FALSE(celsius == kelvin);
  CHECK_TRUE(numbering.find_channel("oven", "Cel") == celsius);
  CHECK_TRUE(numbering.find_channel("oven", "K") == kelvin);
}

TEST(Numbering, finds_what_has_a_number) {
  const std::optional<ChannelId> channel = numbering.channel("load", "1");
  const std::optional<AlertId> alert = numbering.alert("high");
  CHECK_TRUE(numbering.find_channel("load", "1") == channel);
  CHECK_TRUE(numbering.find_alert("high") == alert);
}

TEST(Numbering, looking_for_a_name_gives_it_no_number) {
  CHECK_FALSE(numbering.find_channel("load", "1").has_value());
  CHECK_FALSE(numbering.find_alert("high").has_value());
  static_cast<void>(numbering.channel("memory", "1"));
  CHECK_FALSE(numbering.find_channel("load", "1").has_value());
}

TEST(Numbering, a_channel_is_not_found_as_an_alert) {
  static_cast<void>(numbering.channel("load", "1"));
  CHECK_FALSE(numbering.find_alert("load").has_value());
}

TEST(Numbering, gives_no_more_channels_than_it_has_numbers) {
  use_up_channels();
  CHECK_FALSE(numbering.channel("one more", "1").has_value());
  CHECK_FALSE(numbering.find_channel("one more", "1").has_value());
}

TEST(Numbering, gives_no_more_alerts_than_it_has_numbers) {
  use_up_alerts();
  CHECK_FALSE(numbering.alert("one more").has_value());
}

TEST(Numbering, known_names_keep_their_numbers_when_all_are_given) {
  use_up_channels();
  CHECK_EQUAL(7, index_of(*numbering.channel("channel7", "1")));
}
