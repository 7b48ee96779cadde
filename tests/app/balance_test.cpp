// What was produced is stored, declared missing, or still in memory: at every step of schedules
// drawn by lot, in which everything happens that may. A seed that fails is named, and fails again.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hal/ledger.hpp"
#include "tests/app/plant.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr int kSteps = 200;
constexpr std::size_t kChannels = 12;

// One schedule, and a collector that keeps what it acknowledges.
class Schedule {
 public:
  explicit Schedule(std::uint32_t seed) : random_(seed) { CHECK(plant_.open(config()).ok()); }

  // False with the first step after which the balance is off.
  bool run(bool with_power_cuts) {
    for (int i = 0; i < kSteps; ++i) {
      act(with_power_cuts ? 11 : 10);
      plant_.gateway().storage().step(plant_.now);
      if (!balanced()) return false;
    }
    intruder_.reset();
    return plant_.gateway().storage().finish(plant_.now).ok() && balanced();
  }

  // Readings in the sensors' own books.
  std::size_t produced() const {
    std::size_t count = 0;
    for (const std::string& ledger : ledgers_) count += hal::read_ledger(ledger)->size();
    return count;
  }
  // Readings that arrived or wait, none of them twice; nothing when one is there twice.
  std::size_t kept() const {
    std::vector<Reading> all = collected_;
    for (const Reading& reading : plant_.buffer.readings()) all.push_back(reading);
    std::set<std::pair<ChannelId, Instant>> different;
    for (const Reading& reading : all) different.emplace(reading.channel, reading.time);
    return different.size() == all.size() ? all.size() : 0;
  }
  std::uint64_t declared_missing() const {
    std::uint64_t count = 0;
    for (const Gap& gap : plant_.buffer.events_of_kind<Gap>()) count += gap.readings;
    return count;
  }
  std::uint64_t said_at_the_end() const {
    return plant_.buffer.events_of_kind<RunEnded>().back().readings;
  }

 private:
  std::uint32_t lot(std::uint32_t sides) { return static_cast<std::uint32_t>(random_() % sides); }

  void act(std::uint32_t acts) {
    switch (lot(acts)) {
      case 0:
        return burst();
      case 1:
        return reload();
      case 2:
        return toggle_failure();
      case 3:
        static_cast<void>(plant_.gateway().acknowledge("alert" + std::to_string(lot(kChannels))));
        return;
      case 4:
        return acknowledge();
      case 5:
        plant_.gateway().tend(plant_.now);
        return;
      case 10:
        return lose_power();
      default:
        plant_.now += milliseconds(lot(2'500));
        static_cast<void>(plant_.gateway().loop().step(plant_.now));
        plant_.poll();
    }
  }
  // The loop runs on while storage rests: enough to fill the ring now and then.
  void burst() {
    for (std::uint32_t i = lot(150); i > 0; --i) {
      plant_.now += milliseconds(100);
      static_cast<void>(plant_.gateway().loop().step(plant_.now));
    }
  }
  void reload() { static_cast<void>(plant_.gateway().reload(config(), plant_.now)); }
  void toggle_failure() {
    if (intruder_) {
      intruder_.reset();
    } else if (lot(3) == 0) {
      intruder_ = std::make_unique<Intruder>(plant_.buffer.path());
    }
  }
  void acknowledge() {
    std::vector<Chunk> held;
    for (const Chunk& chunk : plant_.buffer.chunks(Stream::kRaw)) {
      const bool follows = held.empty() || (chunk.header.key.run == held.back().header.key.run &&
                                            chunk.header.key.seq == held.back().header.key.seq + 1);
      if (!follows) break;
      held.push_back(chunk);
    }
    // While the store fails, the acknowledgement is lost and comes again.
    if (held.empty() || intruder_) return;
    for (const Chunk& chunk : held) {
      const Result<std::vector<Reading>> readings = chunk::decode_readings(chunk);
      collected_.insert(collected_.end(), readings->begin(), readings->end());
    }
    CHECK(plant_.gateway().crossings().acks.try_push(ack_of(held)));
  }
  void lose_power() {
    intruder_.reset();
    stored_before_ = plant_.gateway().storage().status().totals.stored;
    plant_.lose_power();
    CHECK(plant_.open(config()).ok());
  }

  bool balanced() {
    const std::uint64_t produced = plant_.gateway().crossings().loop.read().readings;
    const StorageStatus status = plant_.gateway().storage().status();
    const storage::Totals& totals = status.totals;
    return produced == totals.stored - stored_before_ + status.readings_lost + status.uncommitted &&
           totals.stored == totals.pending + totals.delivered + totals.dropped;
  }

  // Some of the channels, each as it always is.
  config::Config config() {
    std::vector<config::ChannelOptions> channels;
    for (std::size_t i = 0; i < kChannels; ++i) {
      if (i > 0 && lot(4) == 0) continue;
      const std::string number = std::to_string(i);
      config::ChannelOptions channel =
          channel_named("channel" + number, i % 2 == 0 ? milliseconds(100) : seconds(1));
      channel = with_alert(with_peak(channel, seconds(3), seconds(4), seconds(11)),
                           "alert" + number, i % 3 == 0 ? "fan" : "");
      const std::string ledger = folder_.path_of(number);
      auto& sensor = std::get<hal::SimulatedOptions>(channel.sensor);
      sensor.ledger = ledger;
      sensor.ledger_records = 20'000;
      ledgers_.insert(ledger);
      channels.push_back(channel);
    }
    config::Config config = sample_config(plant_.buffer.path(), std::move(channels));
    config.actuators = {actuator_named("fan")};
    config.seal = {seconds(1), seconds(30), 400};
    return config;
  }

  std::mt19937 random_;
  TemporaryFolder folder_;
  std::set<std::string> ledgers_;
  Plant plant_;
  std::unique_ptr<Intruder> intruder_;
  std::uint64_t stored_before_ = 0;
  std::vector<Reading> collected_;
};

}  // namespace

TEST_GROUP(Balance){
    static std::string seed_name(std::uint32_t seed){return "seed " + std::to_string(seed);
}
}
;

TEST(Balance, holds_at_every_step_and_in_the_sensors_own_books) {
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    Schedule schedule(seed);
    CHECK_TRUE_TEXT(schedule.run(false), seed_name(seed).c_str());
    const std::size_t produced = schedule.produced();
    CHECK_EQUAL_TEXT(produced, schedule.kept() + schedule.declared_missing(),
                     seed_name(seed).c_str());
    CHECK_EQUAL_TEXT(produced, schedule.said_at_the_end(), seed_name(seed).c_str());
  }
}

TEST(Balance, holds_at_every_step_with_power_cuts) {
  for (std::uint32_t seed = 101; seed <= 102; ++seed) {
    Schedule schedule(seed);
    CHECK_TRUE_TEXT(schedule.run(true), seed_name(seed).c_str());
  }
}
