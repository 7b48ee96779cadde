// A supply that fails again and again: every few seconds the gateway starts, stores what it can,
// and is cut off; nobody fetches anything. It gets on, within its quota.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/storage_service.hpp"
#include "tests/app/buffer.hpp"
#include "tests/sim/random.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

namespace {

namespace fs = std::filesystem;

// The smallest there is, and readings that do not compress, so that it is full soon.
constexpr std::uint64_t kQuota = 2ULL * 1024 * 1024;
constexpr int kSecondsPerBoot = 3;
constexpr std::uint64_t kReadingsPerSecond = 60;
constexpr std::uint16_t kBoots = 1'100;

}  // namespace

TEST_GROUP(BrownOut) {
  Buffer buffer;
  std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(100);
  Instant now{seconds(10)};
  sim::Random random{1};
  StorageStatus last;

  // Starts, stores, and loses power.
  void boot(std::uint16_t number) {
    now += seconds(10);
    StorageService::Options options;
    options.store.path = buffer.path();
    options.store.quota_bytes = kQuota;
    options.seal = {seconds(1), seconds(10), 1'000};
    options.run = run_number(1);
    options.run.bytes[0] = static_cast<std::uint8_t>(number >> 8);
    options.run.bytes[1] = static_cast<std::uint8_t>(number);
    options.boot = kBoot;
    Result<StorageService> service = StorageService::open(options, *crossings, now);
    CHECK_TRUE(service.ok());
    ChannelDeclared channel;
    channel.time = now;
    channel.name = "level";
    CHECK_TRUE(crossings->notes.try_push(std::vector<Event>{channel}));
    for (int second = 0; second < kSecondsPerBoot; ++second) {
      for (std::uint64_t i = 0; i < kReadingsPerSecond; ++i) {
        const double noise = 1.0 / static_cast<double>(1 + random.below(1'000'000'000));
        CHECK_TRUE(crossings->readings.try_push({now, noise, ChannelId{0}, Quality::kGood}));
      }
      now += seconds(1);
      service->step(now);
    }
    last = service->status();
    CHECK_FALSE(last.failing);
    CHECK_EQUAL(0U, last.uncommitted);
    CHECK_EQUAL(last.totals.stored,
                last.totals.pending + last.totals.delivered + last.totals.dropped);
  }
  std::uint64_t bytes_on_disk() const {
    std::uint64_t bytes = 0;
    for (const char* const end : {"", "-wal", ".reserve"}) {
      if (fs::exists(buffer.path() + end)) bytes += fs::file_size(buffer.path() + end);
    }
    return bytes;
  }
};

TEST(BrownOut, for_ever_stays_within_the_quota_and_keeps_the_newest) {
  for (std::uint16_t number = 1; number <= kBoots; ++number) {
    boot(number);
    CHECK_TRUE(bytes_on_disk() <= kQuota);
    CHECK_TRUE(last.totals.pending >= kReadingsPerSecond * kSecondsPerBoot);
  }
  CHECK_TRUE(last.totals.dropped > 100'000);
}
