// The files that come with the program.

#include <algorithm>
#include <string>
#include <variant>

#include "config/parse.hpp"
#include "core/alert.hpp"
#include "hal/options.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(DefaultFiles) {
  Config config;

  void load_file(const std::string& name) {
    auto outcome = load(SLUICE_SOURCE_DIR "/config/" + name);
    if (const auto* problems = std::get_if<Problems>(&outcome)) {
      FAIL(problems->front().text().c_str());
    }
    config = std::get<Config>(std::move(outcome));
  }
  bool measures(hal::HostQuantity quantity) const {
    return std::ranges::any_of(config.channels, [&](const ChannelOptions& channel) {
      const auto* host = std::get_if<hal::HostOptions>(&channel.sensor);
      return host != nullptr && host->quantity == quantity;
    });
  }
};

TEST(DefaultFiles, the_installed_one_is_right) {
  load_file("sluice.toml");
  STRCMP_EQUAL("/var/lib/sluice", config.gateway.state_directory.c_str());
  STRCMP_EQUAL("localhost", config.uplink.link.host.c_str());
}

TEST(DefaultFiles, the_installed_one_watches_the_machine_itself) {
  load_file("sluice.toml");
  for (const hal::HostQuantity quantity :
       {hal::HostQuantity::kLoad1, hal::HostQuantity::kCpuUse, hal::HostQuantity::kMemoryUse,
        hal::HostQuantity::kDiskFree, hal::HostQuantity::kTemperature,
        hal::HostQuantity::kNetworkReceived, hal::HostQuantity::kNetworkSent}) {
    CHECK_TRUE(measures(quantity));
  }
}

TEST(DefaultFiles, the_demo_is_right) {
  load_file("demo.toml");
  CHECK_TRUE(measures(hal::HostQuantity::kUptime));
  LONGS_EQUAL(1, config.actuators.size());
}

// Otherwise nobody would see an alert within a minute.
TEST(DefaultFiles, the_demo_has_an_alert_that_comes_and_goes_within_20_s) {
  load_file("demo.toml");
  const bool found = std::ranges::any_of(config.channels, [](const ChannelOptions& channel) {
    const auto* wave = std::get_if<hal::SimulatedOptions>(&channel.sensor);
    if (wave == nullptr || wave->shape != hal::Shape::kSine) return false;
    return std::ranges::any_of(channel.spec.alerts, [&](const AlertRule& rule) {
      const auto* above = std::get_if<Above>(&rule.condition);
      return above != nullptr && above->limit < wave->mean + wave->amplitude &&
             above->clear > wave->mean - wave->amplitude && rule.hold == Duration::zero() &&
             rule.cooldown == Duration::zero() && wave->period <= std::chrono::seconds(20);
    });
  });
  CHECK_TRUE(found);
}

}  // namespace sluice::config
