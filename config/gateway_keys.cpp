#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "config/config.hpp"
#include "config/key_tables.hpp"
#include "config/keys.hpp"
#include "core/check.hpp"
#include "core/time.hpp"
#include "hal/actuator_drivers.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kKiB = 1'024;
constexpr std::int64_t kMiB = 1'024 * kKiB;
constexpr std::int64_t kTiB = 1'024 * 1'024 * kMiB;

// The path of a unix socket has at most 107 bytes; the rest is for its name.
constexpr std::int64_t kRunDirectoryBytesMax = 90;

using Words = std::string_view;
// In the order of config/parse_actuator.cpp.
std::span<const Words> actuator_drivers() {
  constexpr std::size_t kDriversMax = 16;
  struct All {
    std::array<Words, kDriversMax> words{"log", "simulated"};
    std::size_t count = 2;
  };
  static const All kAll = [] {
    All all;
    for (const hal::ActuatorDriver* driver : hal::actuator_drivers()) {
      CHECK(all.count < kDriversMax);
      all.words[all.count++] = driver->name;
    }
    return all;
  }();
  return std::span(kAll.words).first(kAll.count);
}

constexpr Key kRootKeys[] = {
    {.name = "gateway",
     .type = Type::kTable,
     .meaning = "Who this gateway is and where it keeps its files."},
    {.name = "realtime",
     .type = Type::kTable,
     .meaning = "The loop that reads the sensors and raises the alerts."},
    {.name = "storage", .type = Type::kTable, .meaning = "The buffer on disk."},
    {.name = "uplink", .type = Type::kTable, .meaning = "The way to the collector."},
    {.name = "rollup",
     .type = Type::kTable,
     .meaning = "Summaries of windows, which the batch layer makes of what is stored."},
    {.name = "channel",
     .type = Type::kTables,
     .required = true,
     .example = "[[channel]]",
     .low = 1,
     .high = static_cast<std::int64_t>(kChannelsMax),
     .meaning = "One measured quantity of one sensor each."},
    {.name = "actuator",
     .type = Type::kTables,
     .low = 0,
     .high = static_cast<std::int64_t>(kActuatorsMax),
     .meaning = "What an alert can switch."},
    {.name = "alert",
     .type = Type::kTables,
     .low = 0,
     .high = static_cast<std::int64_t>(kCompositesMax),
     .meaning = "Alerts over other alerts, and over buses."}};

constexpr Key kGatewayKeys[] = {
    {.name = "id",
     .type = Type::kId,
     .low = 1,
     .high = kIdBytesMax,
     .meaning = "Name of the gateway at the collector and in every topic; unique there. Without it "
                "the machine's host name, what an id cannot hold replaced by `-`."},
    {.name = "state_directory",
     .type = Type::kPath,
     .fallback = "\"/var/lib/sluice\"",
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "Folder of the database, on storage that survives a power cut."},
    {.name = "run_directory",
     .type = Type::kPath,
     .fallback = "\"/run/sluice\"",
     .low = 1,
     .high = kRunDirectoryBytesMax,
     .meaning = "Folder of the socket that `sluice status` asks."}};

constexpr Key kRealtimeKeys[] = {
    {.name = "priority",
     .type = Type::kInteger,
     .fallback = "50",
     .low = 0,
     .high = 99,
     .meaning = "SCHED_FIFO priority of the loop; 0 runs it as an ordinary thread."},
    {.name = "lock_memory",
     .type = Type::kFlag,
     .fallback = "true",
     .meaning = "Keeps the program's memory from being paged out."},
    {.name = "ring",
     .type = Type::kDuration,
     .fallback = "\"30s\"",
     .low = to_ns(seconds(1)),
     .high = to_ns(minutes(10)),
     .meaning = "Longest stall of the storage that loses no reading; memory is reserved for it. At "
                "least `commit_every`, and at most 4,000,000 readings of all channels."}};

constexpr Key kStorageKeys[] = {
    {.name = "quota",
     .type = Type::kSize,
     .fallback = "\"256MiB\"",
     .low = 4 * kMiB,
     .high = kTiB,
     .meaning = "Most bytes on disk: database, write-ahead log, reserve, and what was damaged and "
                "set aside. When it is reached the oldest readings are dropped and declared "
                "missing; alerts go last."},
    {.name = "free_floor",
     .type = Type::kSize,
     .fallback = "\"32MiB\"",
     .low = 0,
     .high = kTiB,
     .meaning = "Room on the disk that is left to other programs. With less free the buffer counts "
                "as full: it drops the oldest readings and gives their room back."},
    {.name = "commit_every",
     .type = Type::kDuration,
     .fallback = "\"1s\"",
     .low = to_ns(milliseconds(10)),
     .high = to_ns(minutes(1)),
     .meaning = "How often readings become durable: a power cut loses at most this much. Alerts "
                "do not wait for it."},
    {.name = "seal_after",
     .type = Type::kDuration,
     .fallback = "\"30s\"",
     .low = to_ns(milliseconds(100)),
     .high = to_ns(hours(1)),
     .meaning = "Age at which readings are packed into chunks and may be sent. Longer packs "
                "tighter and sends later. Only their number counts while raw readings cannot "
                "leave, or earlier ones still wait for the link. At least `commit_every`."},
    {.name = "seal_readings",
     .type = Type::kInteger,
     .fallback = "10000",
     .low = 10,
     .high = 1'000'000,
     .meaning = "Number of readings, of all channels together, that are packed without waiting for "
                "`seal_after`."},
    {.name = "card_endurance",
     .type = Type::kSize,
     .low = kMiB * 1'024,
     .high = 1'024 * 1'024 * kTiB,
     .meaning = "What the maker of the card or disk says it takes until it is worn out (TBW), such "
                "as `\"30TB\"`; `sluice status` estimates its life from it. Without it there is no "
                "estimate."}};

}  // namespace

std::span<const Key> root_keys() {
  return kRootKeys;
}
std::span<const Key> gateway_keys() {
  return kGatewayKeys;
}
std::span<const Key> realtime_keys() {
  return kRealtimeKeys;
}
std::span<const Key> storage_keys() {
  return kStorageKeys;
}
std::span<const Key> actuator_keys() {
  static const Key kActuatorKeys[] = {
      {.name = "name",
       .type = Type::kId,
       .required = true,
       .example = "name = \"horn\"",
       .low = 1,
       .high = kIdBytesMax,
       .meaning = "Unique in the gateway; what `action` refers to."},
      {.name = "driver",
       .type = Type::kChoice,
       .required = true,
       .example = "driver = \"log\"",
       .choices = actuator_drivers(),
       .meaning =
           "`log` writes a line at each change; `simulated` only keeps its state, for tests. The "
           "others switch devices, and their own keys stand beside these "
           "([drivers.md](drivers.md))."},
      {.name = "min_on",
       .type = Type::kDuration,
       .fallback = "\"0s\"",
       .low = 0,
       .high = kDay,
       .meaning = "Once on it stays on for at least this long, whatever alerts want meanwhile."},
      {.name = "min_off",
       .type = Type::kDuration,
       .fallback = "\"0s\"",
       .low = 0,
       .high = kDay,
       .meaning = "The same for off; it begins with the gateway's start, too."}};
  return kActuatorKeys;
}

}  // namespace sluice::config
