#include "core/session_windows.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kSecond = 1'000'000'000;

struct Given {
  std::int64_t end_ns = 0;
  std::uint32_t revision = 0;
  bool withdrawn = false;
  Summary summary;
};
using ByBegin = std::map<std::int64_t, Given>;

}  // namespace

TEST_GROUP(SessionWindows) {
  std::mt19937_64 random{9};
  SessionWindows sessions{seconds(30), seconds(100)};
  ByBegin given;

  static void take(SessionWindows & from, std::int64_t watermark_ns, ByBegin & to) {
    from.advance(watermark_ns, [&to](const SessionWindows::Result& result) {
      const auto known = to.find(result.begin_ns);
      CHECK_TRUE(result.revision == (known == to.end() ? 0 : known->second.revision + 1));
      to[result.begin_ns] = {result.end_ns, result.revision, result.withdrawn, result.summary};
    });
  }
  void add(std::int64_t second) {
    CHECK_TRUE(sessions.add(second * kSecond, 1.0, Quality::kGood) == Arrival::kInTime);
  }
  void pass(std::int64_t second) {
    take(sessions, second * kSecond, given);
  }
};

TEST(SessionWindows, last_as_long_as_no_gap_is_longer) {
  for (const std::int64_t second : {0, 30, 60, 91}) add(second);
  pass(121);
  CHECK_TRUE(given.size() == 1);
  CHECK_TRUE(given.at(0).end_ns == 60 * kSecond);
  CHECK_TRUE(given.at(0).summary.count() == 3);
  pass(122);
  CHECK_TRUE(given.at(91 * kSecond).summary.count() == 1);
}

TEST(SessionWindows, are_taken_back_when_a_late_reading_joins_them) {
  add(0);
  add(50);
  pass(100);
  CHECK_TRUE(given.size() == 2);
  add(25);
  pass(100);
  CHECK_TRUE(given.at(0).revision == 1);
  CHECK_TRUE(given.at(0).summary.count() == 3);
  CHECK_TRUE(given.at(50 * kSecond).withdrawn);
}

TEST(SessionWindows, are_taken_back_when_they_began_earlier) {
  add(50);
  pass(100);
  add(40);
  pass(100);
  CHECK_TRUE(given.at(50 * kSecond).withdrawn);
  CHECK_TRUE(given.at(40 * kSecond).revision == 0);
  CHECK_TRUE(given.at(40 * kSecond).end_ns == 50 * kSecond);
}

TEST(SessionWindows, refuse_what_comes_after_the_lateness) {
  add(0);
  pass(131);
  CHECK_TRUE(sessions.add(kSecond, 1.0, Quality::kGood) == Arrival::kLate);
  CHECK_TRUE(sessions.add(2 * kSecond, 1.0, Quality::kGood) == Arrival::kInTime);
}

TEST(SessionWindows, close_the_oldest_when_there_are_too_many) {
  for (std::size_t i = 0; i <= SessionWindows::kOpenMax; ++i)
    add(static_cast<std::int64_t>(i) * 40);
  take(sessions, 0, given);
  CHECK_TRUE(given.size() == 1 && given.contains(0));
}

TEST(SessionWindows, become_what_they_are_for_any_order_of_arrival_within_the_lateness) {
  for (int round = 0; round < 300; ++round) {
    const auto any = [this](std::int64_t from, std::int64_t to) {
      return std::uniform_int_distribution<std::int64_t>(from, to)(random);
    };
    const std::int64_t gap = any(1, 60) * kSecond;
    const std::int64_t lateness = any(1, 300) * kSecond;
    std::vector<std::int64_t> times;
    std::int64_t time = any(-5'000, 5'000) * kSecond;
    for (int i = 0; i < 200; ++i)
      times.push_back(time += any(0, any(0, 4) == 0 ? 100 : 20) * kSecond);
    ByBegin right;
    Given* session = nullptr;
    for (const std::int64_t one : times) {
      if (session == nullptr || one - session->end_ns > gap) session = &right[one];
      session->end_ns = one;
      session->summary.add(one, static_cast<double>(one % 77), Quality::kGood);
    }
    std::vector<std::pair<std::int64_t, std::int64_t>> arrivals;
    for (const std::int64_t one : times) arrivals.emplace_back(one + any(0, lateness - 1), one);
    std::stable_sort(arrivals.begin(), arrivals.end());
    SessionWindows stream{Duration(gap), Duration(lateness)};
    ByBegin seen;
    std::int64_t newest = arrivals.front().second;
    for (const auto& [when, one] : arrivals) {
      newest = std::max(newest, one);
      if (any(0, 2) > 0) take(stream, newest, seen);
      CHECK_TRUE(stream.add(one, static_cast<double>(one % 77), Quality::kGood) ==
                 Arrival::kInTime);
    }
    take(stream, newest + 1'000 * kSecond, seen);
    std::erase_if(seen, [](const auto& one) { return one.second.withdrawn; });
    CHECK_TRUE(seen.size() == right.size());
    for (const auto& [begin, one] : right) {
      CHECK_TRUE(seen.contains(begin));
      CHECK_TRUE(seen.at(begin).end_ns == one.end_ns);
      CHECK_TRUE(seen.at(begin).summary == one.summary);
    }
  }
}

}  // namespace sluice
