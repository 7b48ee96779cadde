#include "app/bus_worker.hpp"

#include <chrono>
#include <memory>

#include "tests/hal/scripted_probe.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

namespace {

class CountingActuator final : public hal::Actuator {
 public:
  void set(bool, Instant) noexcept override {}
  void work(Instant) override { ++worked; }
  void retire() override { ++retired; }
  int worked = 0;
  int retired = 0;
};

}  // namespace

TEST_GROUP(BusWorker) {
  CountingActuator fan;
  CountingActuator lamp;
  hal::ScriptedChannel boiler{seconds(1)};
  // Rings lie on cache lines of their own, which the framework's allocation of a test does not
  // know.
  const std::unique_ptr<BusWorker> worker =
      std::make_unique<BusWorker>("bus", hal::Work{{}, {&fan}});
  const Instant start{seconds(1000)};
};

TEST(BusWorker, does_its_work) {
  const Instant next = worker->step(start);
  CHECK_EQUAL(1, fan.worked);
  CHECK_TRUE(next > start);
  CHECK_TRUE(next <= start + hal::Poller::kWorkPeriod);
}

TEST(BusWorker, does_other_work_when_it_is_given_some) {
  worker->give({{}, {&lamp}});
  CHECK_FALSE(worker->settled());
  static_cast<void>(worker->step(start));
  CHECK_EQUAL(0, fan.worked);
  CHECK_EQUAL(1, lamp.worked);
  CHECK_TRUE(worker->tend());
  CHECK_TRUE(worker->settled());
}

TEST(BusWorker, keeps_its_work_while_there_is_no_other) {
  static_cast<void>(worker->step(start));
  static_cast<void>(worker->step(start + seconds(1)));
  CHECK_EQUAL(2, fan.worked);
  CHECK_FALSE(worker->tend());
}

TEST(BusWorker, uses_the_old_until_it_has_let_go_of_it) {
  worker->give({{&boiler.polled}, {&lamp}});
  CHECK_TRUE(worker->uses(&fan));
  CHECK_TRUE(worker->uses(&lamp));
  CHECK_TRUE(worker->uses(&boiler.polled));
  static_cast<void>(worker->step(start));
  worker->tend();
  CHECK_FALSE(worker->uses(&fan));
  CHECK_TRUE(worker->uses(&lamp));
  CHECK_TRUE(worker->uses(&boiler.polled));
}

TEST(BusWorker, that_hangs_takes_up_the_newest_work_only) {
  worker->give({{&boiler.polled}, {}});
  // It does not come round for both of these.
  worker->give({{}, {&lamp}});
  CHECK_FALSE(worker->uses(&boiler.polled));
  CHECK_TRUE(worker->uses(&fan));
  static_cast<void>(worker->step(start));
  CHECK_EQUAL(0U, boiler.source.asked.size());
  CHECK_EQUAL(1, lamp.worked);
  CHECK_TRUE(worker->tend());
  CHECK_TRUE(worker->settled());
}

TEST(BusWorker, is_given_work_before_its_old_one_was_collected) {
  worker->give({{&boiler.polled}, {}});
  static_cast<void>(worker->step(start));
  worker->give({{}, {&lamp}});
  CHECK_FALSE(worker->settled());
  CHECK_TRUE(worker->uses(&boiler.polled));
  CHECK_TRUE(worker->tend());
  static_cast<void>(worker->step(start));
  CHECK_TRUE(worker->tend());
  CHECK_TRUE(worker->settled());
  CHECK_FALSE(worker->uses(&boiler.polled));
  CHECK_EQUAL(1, lamp.worked);
}

TEST(BusWorker, is_done_when_it_has_nothing_in_its_hands) {
  CHECK_FALSE(worker->done());
  worker->give({});
  CHECK_FALSE(worker->done());
  static_cast<void>(worker->step(start));
  worker->tend();
  CHECK_TRUE(worker->done());
  worker->give({{}, {&fan}});
  CHECK_FALSE(worker->done());
}

TEST(BusWorker, leaves_what_it_lets_go_of_in_its_safe_state) {
  worker->give({{}, {&fan, &lamp}});
  static_cast<void>(worker->step(start));
  CHECK_EQUAL(0, fan.retired);
  worker->tend();
  worker->give({{}, {&lamp}});
  CHECK_EQUAL(0, fan.retired);
  static_cast<void>(worker->step(start));
  CHECK_EQUAL(1, fan.retired);
  CHECK_EQUAL(0, lamp.retired);
  worker->finish();
  CHECK_EQUAL(1, fan.retired);
  CHECK_EQUAL(1, lamp.retired);
}
