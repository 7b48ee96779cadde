#include "tests/uplink/faulty_path.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/uplink/answering_broker.hpp"
#include "uplink/mqtt_link.hpp"
#include "uplink/uplink.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Harm = FaultyPath::Harm;
using Way = FaultyPath::Way;

constexpr RunId kRun{{7}};
constexpr std::uint64_t kChunks = 3;
// Only a broken test needs them all.
constexpr int kLooks = 20'000;
// Looks without anything to do after which only time can help.
constexpr int kIdleLooks = 2;
constexpr Duration kLeapMax = minutes(5);

// One gateway's end with some chunks to deliver, over a path, on a clock of its own.
class Session {
 public:
  explicit Session(const FaultyPath::Fault& fault = {}, MqttVersion version = MqttVersion::kV5) {
    for (std::uint64_t seq = 1; seq <= kChunks; ++seq) outbox_.inner.add(kRun, Stream::kRaw, seq);
    path.plan(fault);
    MqttSession session;
    session.subscriptions = Uplink::subscriptions(options_);
    session.last_will = Uplink::last_will(options_, kRun);
    LinkOptions link;
    link.host = "127.0.0.1";
    link.port = path.port();
    link.client_id = "gw";
    link.version = version;
    link_.emplace(link, session);
    uplink_.emplace(options_, kRun, *link_, outbox_);
  }

  // Lets all sides go on, and time pass when nothing else does, until `done`; false if that
  // leads nowhere.
  template <typename Done>
  bool until(Done done) {
    int idle = 0;
    Duration leap = seconds(1);
    for (int look = 0; look < kLooks; ++look) {
      if (step()) {
        idle = 0;
        leap = seconds(1);
        continue;
      }
      if (done()) return true;
      link_->wait(std::chrono::milliseconds(1));
      if (++idle < kIdleLooks) continue;
      idle = 0;
      now_ += leap;
      leap = std::min(2 * leap, kLeapMax);
    }
    return false;
  }
  // False when nothing was to be done.
  bool step() {
    const bool passed = path.step();
    const bool answered = broker.step(now_);
    uplink_->step(now_);
    return passed || answered;
  }
  bool is_delivered() const {
    return broker.held().count() == kChunks && outbox_.inner.pending.empty() &&
           uplink_->snapshot().link_up;
  }
  bool is_up() const { return uplink_->snapshot().link_up; }
  Duration elapsed() const { return now_ - kStart; }

  AnsweringBroker broker{kRun, "gw"};
  FaultyPath path{broker.broker().port()};

 private:
  static constexpr Instant kStart = instant_from_ns(0) + seconds(1'000);
  Options options_{.gateway = "gw", .live_every = Duration(0)};
  CheckedOutbox outbox_;
  std::optional<MqttLink> link_;
  std::optional<Uplink> uplink_;
  Instant now_ = kStart;
};

std::string text_of(const FaultyPath::Fault& fault) {
  return std::to_string(fault.after) + (fault.way == Way::kToBroker ? " up" : " down");
}

// Bytes of the session both ways, without any harm.
std::size_t length_of_session(Way way, MqttVersion version) {
  Session session({}, version);
  if (!session.until([&] { return session.is_delivered(); })) FAIL("not even without harm");
  LONGS_EQUAL(1, session.path.connections());
  return session.path.passed(way);
}

void survive(const FaultyPath::Fault& fault, int connections,
             MqttVersion version = MqttVersion::kV5) {
  Session session(fault, version);
  const bool survived = session.until([&] {
    return session.path.has_struck() && session.is_delivered() &&
           session.path.connections() >= connections;
  });
  if (!survived) FAIL(text_of(fault).c_str());
}

void survive_everywhere(Harm harm, int connections, MqttVersion version = MqttVersion::kV5) {
  for (const Way way : {Way::kToBroker, Way::kFromBroker}) {
    const std::size_t length = length_of_session(way, version);
    CHECK(length > 200);  // connect, subscribe, batches or acknowledgements are all in it
    for (std::size_t after = 0; after < length; ++after) {
      survive({harm, way, after}, connections, version);
    }
  }
}

}  // namespace

TEST_GROUP(FaultyPath){};

TEST(FaultyPath, does_no_harm_unasked) {
  Session session;
  CHECK(session.until([&] { return session.is_delivered(); }));
  LONGS_EQUAL(1, session.path.connections());
  LONGS_EQUAL(0, session.broker.duplicates());
  CHECK(session.elapsed() == Duration(0));
}

TEST(FaultyPath, may_end_at_every_byte) {
  survive_everywhere(Harm::kEnd, 2);
}

TEST(FaultyPath, may_be_reset_at_every_byte) {
  survive_everywhere(Harm::kReset, 2);
}

// Without TLS nothing but the checksums of chunks and acknowledgements tells what has changed. In
// 3.1.1: the library aborts the process when it meets a property of v5 that it does not know.
TEST(FaultyPath, may_change_every_byte) {
  survive_everywhere(Harm::kChange, 1, MqttVersion::kV311);
}

TEST(FaultyPath, may_fall_silent_at_every_byte_of_the_greeting) {
  for (const Way way : {Way::kToBroker, Way::kFromBroker}) {
    Session greeting;
    for (int look = 0; look < kLooks && !greeting.is_up(); ++look) greeting.step();
    const std::size_t length = greeting.path.passed(way);
    CHECK(length > 10);
    for (std::size_t after = 0; after < length; ++after) survive({Harm::kSilence, way, after}, 2);
  }
}

TEST(FaultyPath, may_pass_bytes_one_by_one) {
  Session session;
  session.path.narrow(1);
  CHECK(session.until([&] { return session.is_delivered(); }));
  LONGS_EQUAL(1, session.path.connections());
}

}  // namespace sluice::uplink
