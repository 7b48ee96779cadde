#include "app/safe_mode.hpp"

#include <string>
#include <utility>
#include <variant>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using Earlier = storage::Options::Earlier;

namespace {

std::string channel_named(const std::string& name) {
  return "[[channel]]\nname = \"" + name +
         "\"\nunit = \"1\"\nperiod = \"1s\"\ndriver = \"simulated\"\n";
}
std::variant<config::Config, config::Problems> parsed(const std::string& toml) {
  return config::parse(toml, "sluice.toml", "host");
}
config::Config config_of(const std::string& toml) {
  return std::get<config::Config>(parsed(toml));
}

}  // namespace

TEST_GROUP(SafeMode) {
  const std::variant<config::Config, config::Problems> asked = parsed(channel_named("asked"));
  const std::variant<config::Config, config::Problems> broken = parsed("[gateway]\nid = 5\n");
  const std::optional<config::Config> good = config_of(channel_named("good"));
  StartHistory::BadStarts bad{3, "it crashed with SIGSEGV", false};
};

TEST(SafeMode, waits_for_the_third_bad_start) {
  bad.count = 2;
  CHECK_FALSE(SafeMode::choose(bad, asked, good));
  CHECK_FALSE(SafeMode::choose(bad, broken, good));
}

TEST(SafeMode, takes_the_last_good_configuration_first_and_leaves_the_buffer_alone) {
  for (const auto& configuration : {asked, broken}) {
    const auto mode = SafeMode::choose(bad, configuration, good);
    CHECK_TRUE(mode.has_value());
    STRCMP_EQUAL("good", mode->config.channels.at(0).spec.name.c_str());
    CHECK_TRUE(mode->config.storage.earlier == Earlier::kLeave);
    STRCMP_EQUAL("3 bad starts in 5 min, it crashed with SIGSEGV; last good configuration",
                 mode->reason.c_str());
  }
}

TEST(SafeMode, suspects_the_buffer_when_the_configuration_is_the_good_one_or_there_is_no_other) {
  const std::optional<config::Config> same = std::get<config::Config>(asked);
  for (const auto& last_good : {same, std::optional<config::Config>()}) {
    const auto mode = SafeMode::choose(bad, asked, last_good);
    CHECK_TRUE(mode.has_value());
    STRCMP_EQUAL("asked", mode->config.channels.at(0).spec.name.c_str());
    CHECK_TRUE(mode->config.storage.earlier == Earlier::kSetAside);
  }
}

// Each database set aside may push out an earlier one, with what it holds.
TEST(SafeMode, does_not_set_aside_again_what_it_has_begun_itself) {
  for (const std::size_t count : {4, 6, 7}) {
    bad = {count, "it crashed with SIGSEGV", true};
    CHECK_TRUE(SafeMode::choose(bad, asked, {})->config.storage.earlier == Earlier::kLeave);
  }
}

TEST(SafeMode, keeps_only_channels_of_its_own_when_that_does_not_help) {
  bad = {6, "it crashed with SIGSEGV", true};
  const auto mode = SafeMode::choose(bad, asked, good);
  CHECK_TRUE(mode->config.storage.earlier == Earlier::kSetAside);
  CHECK_EQUAL(3U, mode->config.channels.size());
  for (const config::ChannelOptions& channel : mode->config.channels) {
    CHECK_TRUE(std::holds_alternative<hal::HostOptions>(channel.sensor));
    CHECK_TRUE(channel.spec.name.starts_with("safe_mode_"));
  }
  CHECK_TRUE(mode->config.actuators.empty());
  CHECK_TRUE(mode->config.gateway == good->gateway);
}

TEST(SafeMode, has_nothing_to_start_with_when_the_only_configuration_is_broken) {
  CHECK_FALSE(SafeMode::choose(bad, broken, {}));
}
