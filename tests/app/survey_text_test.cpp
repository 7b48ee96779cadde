#include "app/survey_text.hpp"

#include <array>
#include <string>
#include <variant>
#include <vector>

#include "config/parse.hpp"
#include "hal/device_drivers.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

TEST_GROUP(SurveyText){static hal::Draft chip(const std::string& name, const std::string& chip){
    return {.name = name,
            .unit = "Cel",
            .driver = "hwmon",
            .keys = {{"chip", chip}, {"sensor", std::string("temp1")}}};
}
static std::string text(std::vector<hal::Draft> drafts) {
  const std::array surveys{
      hal::Survey{.title = "Test", .findings = {{.text = "found", .drafts = std::move(drafts)}}}};
  return text_of(surveys);
}
static config::Config parsed(const std::string& toml) {
  auto outcome = config::parse(toml, "test.toml");
  if (const auto* problems = std::get_if<config::Problems>(&outcome)) {
    FAIL(problems->front().text().c_str());
  }
  return std::get<config::Config>(std::move(outcome));
}
}
;

TEST(SurveyText, has_channels_on_every_machine) {
  const std::array surveys{survey_of_the_machine()};
  LONGS_EQUAL(3, parsed(text_of(surveys)).channels.size());
  LONGS_EQUAL(3, parsed(first_configuration(surveys)).channels.size());
}

TEST(SurveyText, gives_each_channel_a_name_of_its_own) {
  const config::Config config = parsed(
      text({chip("nvme.Composite", "a"), chip("nvme.composite", "b"), chip("\xC2\xB0/\n", "c"),
            chip(std::string(100, 'x'), "d"), chip(std::string(100, 'x'), "e")}));
  LONGS_EQUAL(5, config.channels.size());
  STRCMP_EQUAL("nvme.composite", config.channels[0].spec.name.c_str());
  STRCMP_EQUAL("nvme.composite_2", config.channels[1].spec.name.c_str());
}

TEST(SurveyText, keeps_what_devices_call_themselves_in_one_line) {
  const std::array surveys{hal::Survey{
      .title = "Test",
      .findings = {{.text = "adapter \"x\ny\xFF\"", .drafts = {chip("quoted", "say \"a\\b\"")}}}}};
  const config::Config config = parsed(text_of(surveys));
  const auto& device = std::get<hal::DeviceOptions>(config.channels.at(0).sensor);
  STRCMP_EQUAL("say \"a\\b\"", device.settings.text("chip").c_str());
}

TEST(SurveyText, leaves_out_what_no_configuration_can_hold) {
  hal::Draft unknown = chip("unknown", "a");
  unknown.driver = "none such";
  STRCMP_EQUAL("# Test:\n#   found\n\n", text({unknown, chip("odd", "a\nb"), chip("empty", ""),
                                               chip("long", std::string(200, 'a'))})
                                             .c_str());
}

TEST(SurveyText, comments_out_what_is_guessed) {
  hal::Draft guess = chip("guess", "a");
  guess.guessed = true;
  const std::string all = text({chip("sure", "a"), guess});
  LONGS_EQUAL(1, parsed(all).channels.size());
  STRCMP_CONTAINS("# [[channel]]\n# name = \"guess\"\n", all.c_str());
}

TEST(SurveyText, comments_out_what_is_more_than_a_gateway_has) {
  std::vector<hal::Draft> drafts;
  for (std::size_t i = 0; i < hal::kBusesMax + 5; ++i) {
    drafts.push_back(chip("chip", "chip" + std::to_string(i)));
  }
  LONGS_EQUAL(hal::kBusesMax, parsed(text(drafts)).channels.size());
  drafts.clear();
  for (std::size_t i = 0; i < config::kChannelsMax + 5; ++i) {
    drafts.push_back(chip("sensor", "one"));
  }
  LONGS_EQUAL(config::kChannelsMax, parsed(text(drafts)).channels.size());
}

TEST(SurveyText, says_what_to_do_when_there_is_none) {
  const std::array surveys{hal::Survey{.title = "I2C", .hint = "load the module"}};
  STRCMP_EQUAL("# I2C:\n#   none; load the module\n\n", text_of(surveys).c_str());
}
