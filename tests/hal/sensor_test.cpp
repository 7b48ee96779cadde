// The facts of the seam hal/sensor.hpp, for every driver. Each is opened through hal/driver.hpp
// with a source that is absent from second 10 to second 20 of the test.

#include "hal/sensor.hpp"

#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "hal/driver.hpp"
#include "hal/poller.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

// Needs what the harness includes.
#include <CppUTest/MemoryLeakDetector.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::seconds;

namespace {

constexpr int kAbsentFrom = 10;
constexpr int kAbsentUntil = 20;
constexpr int kEnd = 40;

enum class Driver { kHost, kSimulated, kReplay, kDevice };
constexpr Driver kDrivers[] = {Driver::kHost, Driver::kSimulated, Driver::kReplay, Driver::kDevice};

class Rig {
 public:
  explicit Rig(Driver driver)
      : driver_(driver),
        open_(open_sensor(options(), seconds(1), buses_).value()),
        poller_(open_.polled ? Work{{open_.polled.get()}, {}} : Work{}) {}

  // What happens outside the real-time loop up to `second`.
  void live_until(int second) {
    if (driver_ == Driver::kHost || driver_ == Driver::kDevice) {
      const bool absent = second >= kAbsentFrom && second < kAbsentUntil;
      folder_.remove("loadavg");
      if (!absent) folder_.write("loadavg", std::to_string(second) + ".25 0.0 0.0 1/2 3\n");
    }
    while (poller_.step(tick(second)) <= tick(second)) {
    }
  }
  Sample read(int second) { return open_.sensor->read(tick(second)); }
  Sample live_and_read(int second) {
    live_until(second);
    return read(second);
  }

  const char* name() const {
    return driver_ == Driver::kHost        ? "host"
           : driver_ == Driver::kDevice    ? "file"
           : driver_ == Driver::kSimulated ? "simulated"
                                           : "replay";
  }

 private:
  static Instant tick(int second) { return Instant(seconds(3600 + second)); }

  SensorOptions options() {
    if (driver_ == Driver::kHost) return HostOptions{.procfs = folder_.path()};
    if (driver_ == Driver::kDevice) {
      DeviceOptions options{.driver = "file", .settings = {}};
      options.settings.set("file", folder_.path_of("loadavg"));
      return options;
    }
    if (driver_ == Driver::kSimulated) {
      return SimulatedOptions{.shape = Shape::kRandomWalk,
                              .faults = {{.kind = FaultKind::kAbsent,
                                          .from = seconds(kAbsentFrom),
                                          .length = seconds(kAbsentUntil - kAbsentFrom)}},
                              .ledger = folder_.path_of("ledger"),
                              .ledger_records = 100};
    }
    std::string text = "time,value\n";
    for (int second = 0; second <= kEnd; ++second) {
      const bool absent = second >= kAbsentFrom && second < kAbsentUntil;
      text += std::to_string(second) + "," + (absent ? "" : std::to_string(second * 2)) + "\n";
    }
    return ReplayOptions{.file = folder_.write("replay.csv", text)};
  }

  Driver driver_;
  TemporaryFolder folder_;
  SharedBuses buses_;
  OpenSensor open_;
  Poller poller_;  // goes before what it polls
};

unsigned allocations() {
  return MemoryLeakWarningPlugin::getGlobalDetector()->getCurrentAllocationNumber();
}

bool same(const Sample& a, const Sample& b) {
  return a.value == b.value && a.quality == b.quality;
}

}  // namespace

TEST_GROUP(Sensor){};

TEST(Sensor, is_missing_or_good_before_any_worker_ran) {
  for (const Driver driver : kDrivers) {
    Rig rig(driver);
    const Quality quality = rig.read(0).quality;
    CHECK_TRUE_TEXT(quality == Quality::kMissing || quality == Quality::kGood, rig.name());
  }
}

TEST(Sensor, is_good_while_its_source_is_there) {
  for (const Driver driver : kDrivers) {
    Rig rig(driver);
    for (int second = 0; second < kAbsentFrom; ++second) {
      LONGS_EQUAL_TEXT(Quality::kGood, rig.live_and_read(second).quality, rig.name());
    }
  }
}

TEST(Sensor, gives_numbers_while_it_is_good) {
  for (const Driver driver : kDrivers) {
    Rig rig(driver);
    for (int second = 0; second <= kEnd; ++second) {
      const Sample sample = rig.live_and_read(second);
      const bool is_number = std::isfinite(sample.value);
      CHECK_TRUE_TEXT(is_number || sample.quality != Quality::kGood, rig.name());
    }
  }
}

TEST(Sensor, is_missing_while_its_source_is_absent) {
  for (const Driver driver : kDrivers) {
    Rig rig(driver);
    for (int second = 0; second < kAbsentFrom; ++second) rig.live_and_read(second);
    for (int second = kAbsentFrom; second < kAbsentUntil; ++second) {
      LONGS_EQUAL_TEXT(Quality::kMissing, rig.live_and_read(second).quality, rig.name());
    }
  }
}

TEST(Sensor, hands_over_no_old_value_when_it_is_missing) {
  for (const Driver driver : kDrivers) {
    Rig rig(driver);
    for (int second = 0; second < kAbsentUntil; ++second) rig.live_and_read(second);
    DOUBLES_EQUAL_TEXT(0.0, rig.read(kAbsentUntil - 1).value, 0.0, rig.name());
  }
}

// One that was away for ten seconds is asked again within ten.
TEST(Sensor, is_good_again_when_its_source_is_back) {
  for (const Driver driver : kDrivers) {
    Rig rig(driver);
    for (int second = 0; second < kAbsentUntil + 10; ++second) rig.live_and_read(second);
    LONGS_EQUAL_TEXT(Quality::kGood, rig.live_and_read(kAbsentUntil + 10).quality, rig.name());
  }
}

TEST(Sensor, moves_on_with_its_source) {
  for (const Driver driver : kDrivers) {
    Rig rig(driver);
    const Sample first = rig.live_and_read(0);
    CHECK_FALSE_TEXT(same(first, rig.live_and_read(1)), rig.name());
  }
}

TEST(Sensor, gives_the_same_samples_for_the_same_source_and_ticks) {
  for (const Driver driver : kDrivers) {
    Rig first(driver);
    Rig second(driver);
    for (int at = 0; at <= kEnd; ++at) {
      CHECK_TRUE_TEXT(same(first.live_and_read(at), second.live_and_read(at)), first.name());
    }
  }
}

TEST(Sensor, never_allocates_while_it_is_read) {
  for (const Driver driver : kDrivers) {
    Rig rig(driver);
    for (int second = 0; second <= kEnd; ++second) {
      rig.live_until(second);
      const unsigned before = allocations();
      rig.read(second);
      LONGS_EQUAL_TEXT(before, allocations(), rig.name());
    }
  }
}

TEST(Sensor, may_be_read_late) {
  for (const Driver driver : kDrivers) {
    Rig rig(driver);
    rig.live_and_read(0);
    LONGS_EQUAL_TEXT(Quality::kGood, rig.live_and_read(kEnd).quality, rig.name());
  }
}
