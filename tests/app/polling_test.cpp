#include "app/polling.hpp"

#include <chrono>
#include <memory>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

namespace {

class CountingActuator final : public hal::Actuator {
 public:
  void set(bool, Instant) noexcept override {}
  void work(Instant) override { ++worked; }
  int worked = 0;
};

}  // namespace

TEST_GROUP(Polling) {
  CountingActuator old_actuator;
  CountingActuator next_actuator;
  // Rings lie on cache lines of their own, which the framework's allocation of a test does not
  // know.
  const std::unique_ptr<Handover<hal::Poller>> pollers = std::make_unique<Handover<hal::Poller>>();
  const std::unique_ptr<Polling> polling =
      std::make_unique<Polling>(poller_of(old_actuator), *pollers);
  const Instant start{seconds(1000)};

  static std::unique_ptr<hal::Poller> poller_of(hal::Actuator & actuator) {
    auto poller = std::make_unique<hal::Poller>();
    poller->add(actuator);
    return poller;
  }
};

TEST(Polling, does_the_work_of_its_poller) {
  const Instant next = polling->step(start);
  CHECK_EQUAL(1, old_actuator.worked);
  CHECK_TRUE(next > start);
  CHECK_TRUE(next <= start + hal::Poller::kWorkPeriod);
}

TEST(Polling, takes_a_new_poller_and_gives_the_old_one_back) {
  pollers->offer(poller_of(next_actuator));
  static_cast<void>(polling->step(start));
  CHECK_EQUAL(0, old_actuator.worked);
  CHECK_EQUAL(1, next_actuator.worked);
  CHECK_TRUE(pollers->collect() != nullptr);
}

TEST(Polling, keeps_its_poller_while_there_is_no_new_one) {
  static_cast<void>(polling->step(start));
  static_cast<void>(polling->step(start + seconds(1)));
  CHECK_EQUAL(2, old_actuator.worked);
  POINTERS_EQUAL(nullptr, pollers->collect().get());
}
