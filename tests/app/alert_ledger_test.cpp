#include "app/alert_ledger.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(AlertLedger) {
  AlertLedger ledger{"boot", {}, Instant(seconds(1))};
  storage::Commit commit;

  static Event declared(std::uint16_t number, const std::string& name,
                        const std::string& rule = "value >= 80") {
    return AlertDeclared{{}, AlertId{number}, ChannelId{0}, name, rule};
  }
  static Event step(std::uint16_t number, AlertChange change, int s = 5) {
    AlertEvent event;
    event.time = Instant(seconds(s));
    event.alert = AlertId{number};
    event.change = change;
    event.count = 1;
    return event;
  }
  void write(const std::vector<Event>& events, bool durable = true) {
    commit = {};
    ledger.add_to(commit, events);
    if (durable) ledger.committed();
  }
};

TEST(AlertLedger, writes_what_is_raised_with_the_commit_of_its_record) {
  write({declared(0, "hot"), step(0, AlertChange::kRaised)});
  CHECK_EQUAL(1U, commit.active_alerts.size());
  const storage::ActiveAlert& alert = commit.active_alerts[0];
  STRCMP_EQUAL("hot", alert.name.c_str());
  STRCMP_EQUAL("value >= 80", alert.rule.c_str());
  STRCMP_EQUAL("boot", alert.boot.c_str());
  CHECK_TRUE(alert.raised == Instant(seconds(5)));
}

TEST(AlertLedger, takes_out_what_is_cleared) {
  write({declared(0, "hot"), step(0, AlertChange::kRaised)});
  write({step(0, AlertChange::kCleared)});
  CHECK_TRUE(commit.cleared_alerts == std::vector<std::string>{"hot"});
  CHECK_TRUE(ledger.active().empty());
}

TEST(AlertLedger, knows_what_else_became_of_it) {
  write({declared(0, "hot"), step(0, AlertChange::kRaised)});
  write({step(0, AlertChange::kEscalated, 6), step(0, AlertChange::kAcknowledged, 7)});
  const storage::ActiveAlert alert = ledger.active().at(0);
  CHECK_TRUE(alert.escalated && alert.acknowledged);
  CHECK_TRUE(alert.raised == Instant(seconds(5)) && alert.stepped == Instant(seconds(7)));
}

TEST(AlertLedger, says_the_same_again_when_a_commit_was_not_made) {
  write({declared(0, "hot"), step(0, AlertChange::kRaised)}, false);
  write({declared(0, "hot"), step(0, AlertChange::kRaised)}, false);
  CHECK_EQUAL(1U, commit.active_alerts.size());
  CHECK_TRUE(ledger.active().empty());
}

TEST(AlertLedger, writes_nothing_without_news) {
  write({declared(0, "hot"), step(0, AlertChange::kRaised)});
  write({});
  CHECK_TRUE(commit.active_alerts.empty() && commit.cleared_alerts.empty());
}

TEST(AlertLedger, writes_all_of_it_after_a_loss) {
  write({declared(0, "hot"), declared(1, "cold"), step(0, AlertChange::kRaised)});
  write({step(1, AlertChange::kRaised)});
  ledger.lost();
  write({});
  CHECK_TRUE(commit.forget_alerts);
  CHECK_EQUAL(2U, commit.active_alerts.size());
  write({});
  CHECK_FALSE(commit.forget_alerts);
}

TEST(AlertLedger, takes_what_another_boot_left_for_raised_now) {
  storage::ActiveAlert earlier;
  earlier.name = "hot";
  earlier.boot = "before";
  earlier.raised = Instant(seconds(1'000'000));
  ledger = AlertLedger("boot", {earlier}, Instant(seconds(1)));
  CHECK_TRUE(ledger.active()[0].raised == Instant(seconds(1)));
  write({});
  CHECK_EQUAL(1U, commit.active_alerts.size());
  write({});
  CHECK_EQUAL(0U, commit.active_alerts.size());
}

TEST(AlertLedger, follows_the_wording_of_a_rule_whose_alert_stays_active) {
  write({declared(0, "hot"), step(0, AlertChange::kRaised)});
  write({declared(0, "hot", "value >= 80 for 5s")});
  STRCMP_EQUAL("value >= 80 for 5s", ledger.active()[0].rule.c_str());
  CHECK_EQUAL(1U, commit.active_alerts.size());
}
