#include "storage/alert_table.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;
using std::chrono::seconds;

TEST_GROUP(AlertTable) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
  }
  static ActiveAlert alert(const std::string& name, std::uint32_t count = 1) {
    return {.name = name,
            .rule = "value >= 80 Cel",
            .boot = "b",
            .raised = Instant(seconds(5)),
            .stepped = Instant(seconds(6)),
            .severity = Severity::kCritical,
            .count = count,
            .acknowledged = true,
            .escalated = false};
  }
  void commit(std::vector<ActiveAlert> active, std::vector<std::string> cleared = {},
              bool forget = false) {
    Commit commit;
    commit.forget_alerts = forget;
    commit.active_alerts = std::move(active);
    commit.cleared_alerts = std::move(cleared);
    CHECK_TRUE(buffer.store().commit(commit).ok());
  }
  void expect(const std::vector<ActiveAlert>& expected) {
    const Result<std::vector<ActiveAlert>> alerts = buffer.store().active_alerts();
    CHECK_TRUE(alerts.ok());
    CHECK_TRUE(*alerts == expected);
  }
};

TEST(AlertTable, keeps_active_alerts_over_a_start) {
  commit({alert("hot"), alert("cold")});
  buffer.stop();
  CHECK_TRUE(buffer.start(2).ok());
  expect({alert("cold"), alert("hot")});
}

TEST(AlertTable, has_the_last_step_of_each) {
  commit({alert("hot", 1)});
  commit({alert("hot", 2)});
  expect({alert("hot", 2)});
}

TEST(AlertTable, forgets_what_is_cleared) {
  commit({alert("hot"), alert("cold")});
  commit({}, {"hot"});
  expect({alert("cold")});
}

TEST(AlertTable, takes_an_alert_that_was_cleared_and_raised_in_one_commit) {
  commit({alert("hot", 1)});
  commit({alert("hot", 3)}, {"hot"});
  expect({alert("hot", 3)});
}

TEST(AlertTable, can_be_written_anew) {
  commit({alert("hot"), alert("cold")});
  commit({alert("new")}, {}, true);
  expect({alert("new")});
}

TEST(AlertTable, has_one_checkpoint_the_newest) {
  CHECK_FALSE(buffer.store().checkpoint()->has_value());
  for (int i = 1; i <= 2; ++i) {
    Commit commit;
    commit.checkpoint = Checkpoint{"b", Instant(seconds(i)), Bytes(100, static_cast<std::byte>(i))};
    CHECK_TRUE(buffer.store().commit(commit).ok());
  }
  buffer.stop();
  CHECK_TRUE(buffer.start(2).ok());
  const std::optional<Checkpoint> kept = *buffer.store().checkpoint();
  const Checkpoint expected{"b", Instant(seconds(2)), Bytes(100, std::byte{2})};
  CHECK_TRUE(kept == expected);
}
