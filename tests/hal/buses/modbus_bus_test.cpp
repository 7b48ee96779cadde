#include "hal/buses/modbus_bus.hpp"

#include <chrono>
#include <memory>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using namespace sluice::hal::modbus;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A device whose register N holds 1000 + N, and what it was asked.
struct Device {
  std::vector<Stretch> asked;
  std::optional<Answer> fails;  // with this, if what is asked for touches `from`
  std::uint16_t from = 0;
  Duration took = milliseconds(20);
};

class FakeClient final : public Client {
 public:
  explicit FakeClient(Device& device) : device_(device) {}

  Answer read(const Stretch& stretch, Duration) override {
    device_.asked.push_back(stretch);
    if (device_.fails && device_.from < stretch.end()) {
      Answer answer = *device_.fails;
      answer.took = device_.took;
      return answer;
    }
    std::vector<std::uint16_t> words;
    for (std::uint32_t i = stretch.first; i < stretch.end(); ++i) {
      words.push_back(static_cast<std::uint16_t>(1'000 + i));
    }
    return {.words = words, .took = device_.took};
  }

 private:
  Device& device_;
};

Answer failing(ErrorCode code, Reach reach, bool no_such = false) {
  return {.words = Error{code, "it fails"}, .reach = reach, .no_such = no_such};
}

}  // namespace

TEST_GROUP(ModbusBus) {
  Device device;
  Bus bus{std::make_unique<FakeClient>(device)};
  Instant now{seconds(100)};
  std::vector<Stretch> wanted;

  static Stretch at(std::uint16_t first, std::uint16_t count = 1, std::uint8_t unit = 1) {
    return {.unit = unit, .table = Table::kHolding, .first = first, .count = count};
  }
  void want(std::vector<Stretch> stretches) {
    wanted = std::move(stretches);
    pass(milliseconds(200));
  }
  void pass(Duration time) {
    now += time;
    for (const Stretch& stretch : wanted) bus.want(stretch, now);
  }
  Result<std::vector<std::uint16_t>> read(const Stretch& stretch, Duration period = seconds(1)) {
    // Each stretch is one channel's here.
    const void* const who = reinterpret_cast<const void*>(
        static_cast<std::uintptr_t>(1 + stretch.first + 65'536 * stretch.unit));
    const std::size_t before = device.asked.size();
    auto words =
        bus.read(stretch, {.who = who, .period = period, .timeout = milliseconds(500)}, now);
    now += static_cast<std::int64_t>(device.asked.size() - before) * device.took + milliseconds(1);
    return words;
  }
};

TEST(ModbusBus, asks_once_for_all_that_are_due_together) {
  std::vector<Stretch> all;
  for (std::uint16_t i = 0; i < 30; ++i) all.push_back(at(static_cast<std::uint16_t>(4 * i), 2));
  want(all);
  for (int round = 0; round < 3; ++round) {
    for (const Stretch& stretch : all) {
      const auto words = read(stretch);
      CHECK_EQUAL(2U, words->size());
      CHECK_EQUAL(1'000 + stretch.first, (*words)[0]);
      CHECK_EQUAL(1'001 + stretch.first, (*words)[1]);
    }
    pass(seconds(1));
  }
  CHECK_EQUAL(3U, device.asked.size());
  CHECK_TRUE(device.asked[0] == at(0, 118));
}

TEST(ModbusBus, serves_nothing_that_is_older_than_half_a_period) {
  want({at(0), at(1)});
  CHECK_TRUE(read(at(0)).ok());
  pass(milliseconds(498));
  CHECK_TRUE(read(at(1)).ok());
  CHECK_EQUAL(1U, device.asked.size());
  pass(milliseconds(10));
  CHECK_TRUE(read(at(1)).ok());
  CHECK_EQUAL(2U, device.asked.size());
}

TEST(ModbusBus, a_silent_unit_costs_one_channel_its_retries_and_the_others_nothing) {
  want({at(0), at(1), at(500), at(0, 1, 2)});
  device.fails = failing(ErrorCode::kTimeout, Reach::kUnit);
  device.took = milliseconds(100);
  for (int tries = 0; tries < 3; ++tries)
    CHECK_TRUE(read(at(0)).error().code == ErrorCode::kTimeout);
  CHECK_EQUAL(3U, device.asked.size());
  for (int tries = 0; tries < 3; ++tries) {
    CHECK_FALSE(read(at(1)).ok());
    CHECK_FALSE(read(at(500)).ok());
  }
  CHECK_EQUAL(3U, device.asked.size());
  // Another unit is asked.
  CHECK_FALSE(read(at(0, 1, 2)).ok());
  CHECK_EQUAL(4U, device.asked.size());
  // And this one again in the next period.
  device.fails.reset();
  pass(seconds(1));
  CHECK_TRUE(read(at(500)).ok());
}

TEST(ModbusBus, a_failed_line_concerns_every_unit_but_spares_what_came_in_before) {
  want({at(0), at(500), at(0, 1, 2)});
  CHECK_TRUE(read(at(0)).ok());
  device.fails = failing(ErrorCode::kUnavailable, Reach::kLine);
  CHECK_FALSE(read(at(500)).ok());
  CHECK_FALSE(read(at(0, 1, 2)).ok());
  CHECK_EQUAL(2U, device.asked.size());
  CHECK_TRUE(read(at(0)).ok());
}

TEST(ModbusBus, a_retry_that_works_serves_the_others) {
  want({at(0), at(1)});
  device.fails = failing(ErrorCode::kCorrupt, Reach::kBlock);
  CHECK_FALSE(read(at(0)).ok());
  device.fails.reset();
  CHECK_TRUE(read(at(0)).ok());
  CHECK_TRUE(read(at(1)).ok());
  CHECK_EQUAL(2U, device.asked.size());
}

TEST(ModbusBus, a_block_that_is_refused_is_read_in_pieces_from_then_on) {
  want({at(0), at(1), at(10), at(11)});
  device.fails = failing(ErrorCode::kRefused, Reach::kBlock, true);
  device.from = 11;
  CHECK_EQUAL(1'000, read(at(0)).value()[0]);
  CHECK_EQUAL(1'001, read(at(1)).value()[0]);
  CHECK_EQUAL(1'010, read(at(10)).value()[0]);
  CHECK_TRUE(read(at(11)).error().code == ErrorCode::kRefused);
  device.asked.clear();
  pass(seconds(1));
  CHECK_TRUE(read(at(0)).ok());
  CHECK_TRUE(read(at(1)).ok());
  CHECK_TRUE(read(at(10)).ok());
  CHECK_FALSE(read(at(11)).ok());
  CHECK_EQUAL(3U, device.asked.size());
}

TEST(ModbusBus, stops_cutting_when_it_takes_long) {
  want({at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)});
  device.fails = failing(ErrorCode::kRefused, Reach::kBlock, true);
  device.took = milliseconds(400);
  CHECK_FALSE(read(at(0)).ok());
  CHECK_EQUAL(2U, device.asked.size());
}

TEST(ModbusBus, forgets_what_nobody_wants_any_more) {
  want({at(0), at(10)});
  CHECK_TRUE(read(at(0)).ok());
  want({at(10)});
  pass(seconds(1));
  CHECK_EQUAL(1'010, read(at(10)).value()[0]);
  CHECK_TRUE(device.asked.back() == at(10));
}
