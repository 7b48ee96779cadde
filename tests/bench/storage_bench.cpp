// What it costs to keep readings: the gateway's storage service beside a row per reading in SQLite,
// in one process and on simulated time. Prints one JSON object per line; script/bench makes a table
// of them.
//
// usage: storage_bench device FOLDER   bytes that reach the block device under FOLDER
//        storage_bench memory FOLDER   size and processor time; FOLDER should be kept in memory

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/check.hpp"
#include "tests/bench/plant.hpp"
#include "tests/bench/processor_time.hpp"
#include "tests/bench/reading_store.hpp"

namespace sluice::bench {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);

using Open = std::unique_ptr<ReadingStore> (*)(const StoreOptions&, Instant);
struct Contender {
  const char* name;
  Open open;
};
constexpr std::array kContenders{Contender{"sluice", gateway_store}, Contender{"rows", row_store}};

void print(const std::string& name, const char* contender, double value, const char* unit) {
  const nlohmann::json row{
      {"name", name}, {"contender", contender}, {"value", value}, {"unit", unit}};
  std::puts(row.dump().c_str());
  std::fflush(stdout);
}

// A recording handed out second by second.
class Replay {
 public:
  explicit Replay(const Recording& recording)
      : left_(recording.readings), now_(recording.readings.front().time) {}

  bool ended() const { return left_.empty(); }
  Instant now() const { return now_; }
  std::span<const Reading> next(Duration length = kSecond) {
    now_ += length;
    const auto end = std::find_if(left_.begin(), left_.end(),
                                  [&](const Reading& reading) { return reading.time >= now_; });
    const auto count = static_cast<std::size_t>(end - left_.begin());
    const std::span<const Reading> readings = left_.first(count);
    left_ = left_.subspan(count);
    return readings;
  }

 private:
  std::span<const Reading> left_;
  Instant now_;
};

// As plants grow: more channels first, then faster ones.
PlantOptions plant_of(std::size_t readings_per_second, std::size_t seconds) {
  PlantOptions options;
  options.channels = std::min<std::size_t>(readings_per_second, 100);
  options.cycle = kSecond * static_cast<std::int64_t>(options.channels) /
                  static_cast<std::int64_t>(readings_per_second);
  options.readings_min = readings_per_second * seconds;
  return options;
}

StoreOptions own_folder(const std::string& folder, const std::string& name,
                        const Recording& recording) {
  const std::string own = folder + "/" + name;
  CHECK(std::filesystem::create_directory(own));
  return {own, recording.channels};
}

// The kernel's count for the device that holds `folder`.
std::uint64_t bytes_written_under(const std::string& folder) {
  struct stat status {};
  CHECK(stat(folder.c_str(), &status) == 0);
  std::ifstream file("/sys/dev/block/" + std::to_string(major(status.st_dev)) + ":" +
                     std::to_string(minor(status.st_dev)) + "/stat");
  constexpr int kSectorsWritten = 6;
  constexpr std::uint64_t kSectorBytes = 512;
  std::uint64_t field = 0;
  for (int i = 0; i <= kSectorsWritten; ++i) file >> field;
  CHECK(file.good());
  return field * kSectorBytes;
}

// What the kernel does on its own, as often as it does it by default: ext4 commits its journal, and
// what has been dirty for long is written.
constexpr std::size_t kSecondsPerJournalCommit = 5;  // mount option `commit`
constexpr std::size_t kSecondsPerWriteBack = 30;     // vm.dirty_expire_centisecs

void do_as_the_kernel_would(const std::string& folder, std::size_t second) {
  if (second % kSecondsPerJournalCommit != 0) return;
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  CHECK(file >= 0);
  if (second % kSecondsPerWriteBack == 0) {
    CHECK(syncfs(file) == 0);
  } else {
    // A change of the folder's own times joins the open transaction; syncing it commits that.
    CHECK(futimens(file, nullptr) == 0);
    CHECK(fsync(file) == 0);
  }
  close(file);
}

constexpr std::size_t kWarmUpSeconds = 240;  // until the write-ahead log goes round
constexpr std::size_t kCountedSeconds = 600;

void measure_device(const std::string& folder, std::size_t rate, const Recording& recording,
                    const Contender& contender, bool link_up) {
  const std::string rate_of_it =
      std::to_string(rate) + " readings/s" + (link_up ? ", with a link" : "");
  const std::string what = "written, " + rate_of_it;
  const std::string own = contender.name + std::to_string(rate) + (link_up ? "-up" : "-down");
  StoreOptions options = own_folder(folder, own, recording);
  options.link_up = link_up;
  Replay replay(recording);
  const std::unique_ptr<ReadingStore> store = contender.open(options, replay.now());
  std::uint64_t before = 0;
  std::uint64_t log_before = 0;
  for (std::size_t second = 0; second < kWarmUpSeconds + kCountedSeconds; ++second) {
    if (second == kWarmUpSeconds) {
      before = bytes_written_under(folder);
      log_before = store->log_bytes();
    }
    const std::span<const Reading> readings = replay.next();
    store->add_second(readings, replay.now());
    do_as_the_kernel_would(options.folder, second);
  }
  const std::uint64_t written = bytes_written_under(folder) - before;
  const std::uint64_t logged = store->log_bytes() - log_before;
  constexpr double kScale = 1e3 * static_cast<double>(kCountedSeconds);
  print(what, contender.name, static_cast<double>(written) / kScale, "KB/s");
  if (logged > 0) {
    print("into the log alone, " + rate_of_it, contender.name, static_cast<double>(logged) / kScale,
          "KB/s");
  }
}

// With a link readings are sealed by age, else by size.
void measure_device(const std::string& folder) {
  for (const std::size_t rate : {16U, 100U, 1'000U, 10'000U}) {
    const Recording recording = plant(plant_of(rate, kWarmUpSeconds + kCountedSeconds));
    for (const Contender& contender : kContenders) {
      measure_device(folder, rate, recording, contender, false);
    }
    measure_device(folder, rate, recording, kContenders.front(), true);
  }
}

void measure_size(const std::string& folder, std::size_t rate, Stamps stamps, const char* unit) {
  constexpr std::size_t kReadings = 500'000;
  PlantOptions options = plant_of(rate, kReadings / rate);
  options.stamps = stamps;
  const Recording recording = plant(options);
  const std::string what = std::to_string(rate) + " readings/s, " + unit + " stamps";
  for (const Contender& contender : kContenders) {
    Replay replay(recording);
    const std::string name = contender.name + std::to_string(rate) + unit;
    const auto store = contender.open(own_folder(folder, name, recording), replay.now());
    while (!replay.ended()) {
      const std::span<const Reading> readings = replay.next();
      store->add_second(readings, replay.now());
    }
    store->finish(replay.now());
    print("disk, " + what, contender.name,
          static_cast<double>(store->bytes()) / static_cast<double>(recording.readings.size()),
          "B/reading");
  }
}

void measure_time(const std::string& folder) {
  const Recording recording = plant(plant_of(1'000, 600));
  const auto count = static_cast<double>(recording.readings.size());
  for (const Contender& contender : kContenders) {
    Replay replay(recording);
    const auto store = contender.open(
        own_folder(folder, contender.name + std::string("time"), recording), replay.now());
    double ingest_ns = 0;
    while (!replay.ended()) {
      const std::span<const Reading> readings = replay.next();
      const double begin = processor_ns();
      store->add_second(readings, replay.now());
      ingest_ns += processor_ns() - begin;
    }
    print("ingest, 1,000 a commit", contender.name, ingest_ns / count / 1e3, "us/reading");
    const Drained drained = store->drain(replay.now() + std::chrono::minutes(1));
    CHECK(drained.readings >= recording.readings.size() * 9 / 10);
    print("drained", contender.name,
          static_cast<double>(drained.readings) / drained.processor_ns * 1e3, "M/s");
  }
}

double quantile(std::vector<double>& values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Hours at random out of a week of sixteen channels.
void measure_queries(const std::string& folder) {
  constexpr std::size_t kReadings = 10'000'000;
  constexpr Duration kFill = std::chrono::seconds(30);  // as often as the gateway seals
  constexpr Duration kHour = std::chrono::hours(1);
  constexpr int kQueries = 300;
  const Recording recording = plant({.readings_min = kReadings});
  const Instant first = recording.readings.front().time;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
      recording.readings.back().time - first - kHour);
  for (const Contender& contender : kContenders) {
    StoreOptions options = own_folder(folder, contender.name + std::string("hours"), recording);
    options.seals_at_once = true;
    Replay replay(recording);
    const auto store = contender.open(options, replay.now());
    while (!replay.ended()) {
      const std::span<const Reading> readings = replay.next(kFill);
      store->add_second(readings, replay.now());
    }
    store->prepare_queries();
    std::mt19937_64 chance(1);
    std::vector<double> ms;
    for (int i = 0; i < kQueries; ++i) {
      const auto channel = static_cast<ChannelId>(chance() % recording.channels.size());
      const auto since = chance() % static_cast<std::uint64_t>(seconds.count());
      const Instant from = first + std::chrono::seconds(since);
      const double begin = processor_ns();
      const std::size_t count = store->query(channel, from, from + kHour);
      ms.push_back((processor_ns() - begin) / 1e6);
      CHECK(count == static_cast<std::size_t>(kHour / kSecond));
    }
    for (const auto& [name, share] : {std::pair("p50", 0.5), std::pair("p99", 0.99)}) {
      print(std::string("one hour of one channel of 10 M readings, ") + name, contender.name,
            quantile(ms, share), "ms");
    }
  }
}

void measure_memory(const std::string& folder) {
  for (const std::size_t rate : {16U, 1'000U}) {
    measure_size(folder, rate, Stamps::kMicroseconds, "us");
    measure_size(folder, rate, Stamps::kMilliseconds, "ms");
    measure_size(folder, rate, Stamps::kTicks, "tick");
  }
  measure_time(folder);
  measure_queries(folder);
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "device") == 0) {
    sluice::bench::measure_device(argv[2]);
  } else if (argc == 3 && std::strcmp(argv[1], "memory") == 0) {
    sluice::bench::measure_memory(argv[2]);
  } else {
    std::fputs("usage: storage_bench device|memory FOLDER\n", stderr);
    return 2;
  }
  return 0;
}
