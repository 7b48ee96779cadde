#include "collector/writing_turn.hpp"

#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(WritingTurn) {
  TemporaryFolder folder;
  std::string database = folder.path_of("collector.db");

  bool is_free() {
    const Result<WritingTurn> turn = WritingTurn::take(database, Duration(0));
    CHECK(turn.ok() || turn.error().code == ErrorCode::kTimeout);
    return turn.ok();
  }
};

TEST(WritingTurn, is_of_one_at_a_time) {
  {
    const Result<WritingTurn> turn = WritingTurn::take(database, Duration(0));
    CHECK(turn.ok());
    CHECK_FALSE(is_free());
  }
  CHECK(is_free());
}

TEST(WritingTurn, is_waited_for) {
  std::optional<Result<WritingTurn>> turn = WritingTurn::take(database, Duration(0));
  std::thread thread([&] { turn.reset(); });
  const Result<WritingTurn> next = WritingTurn::take(database, std::chrono::minutes(1));
  thread.join();
  CHECK(next.ok());
}

TEST(WritingTurn, is_not_taken_through_a_link) {
  CHECK(symlink("elsewhere", (database + "-lock").c_str()) == 0);
  const Result<WritingTurn> turn = WritingTurn::take(database, Duration(0));
  CHECK(!turn && turn.error().code == ErrorCode::kUnavailable);
}

// Messages queue up behind it; were each to wait long, nobody would serve the link.
TEST(WritingTurn, is_waited_for_long_only_once) {
  WritingTurns turns(database, WritingTurns::kPatience);
  CHECK(turns.patience() == WritingTurns::kPatience);
  turns = WritingTurns(database, std::chrono::milliseconds(30));
  {
    const Result<WritingTurn> turn = WritingTurn::take(database, Duration(0));
    CHECK_FALSE(turns.take().ok());
    CHECK(turns.patience() == WritingTurns::kPatienceLost);
    CHECK_FALSE(turns.take().ok());
    CHECK(turns.patience() == WritingTurns::kPatienceLost);
  }
  CHECK(turns.take().ok());
  CHECK(turns.patience() == std::chrono::milliseconds(30));
}

TEST(WritingTurn, a_short_patience_stays_short) {
  WritingTurns turns(database, Duration(0));
  const Result<WritingTurn> turn = WritingTurn::take(database, Duration(0));
  CHECK_FALSE(turns.take().ok());
  CHECK(turns.patience() == Duration(0));
}

}  // namespace sluice::collector
