#include "storage/run_names.hpp"

#include <optional>
#include <string_view>

namespace sluice::storage {
namespace {

// Newest first; the older ones are not asked for in one request.
constexpr std::int64_t kBootsMax = 1'024;

struct LastClock {
  std::int64_t time_ns = 0;
  std::int64_t offset_ns = 0;
};

// Wall time less boot time. What comes from a clock that is off by centuries wraps and is a step.
std::int64_t offset_of(std::int64_t time_ns, std::int64_t wall_ns) {
  return to_signed(to_unsigned(wall_ns) - to_unsigned(time_ns));
}

std::optional<LastClock> last_clock(Transaction& transaction, const KnownRun& run) {
  std::optional<LastClock> last;
  transaction.for_each(
      "SELECT time_ns, wall_ns FROM clock WHERE run = ? ORDER BY time_ns DESC LIMIT 1", {run.row},
      [&](const Row& row) {
        last = LastClock{row.integer(0), offset_of(row.integer(0), row.integer(1))};
        return false;
      });
  return last;
}

bool says_the_same(const LastClock& last, const ClockRecord& clock) {
  const auto step = to_signed(to_unsigned(offset_of(to_ns(clock.time), to_ns(clock.wall))) -
                              to_unsigned(last.offset_ns));
  return step > -to_ns(kClockStep) && step < to_ns(kClockStep);
}

}  // namespace

void note_channels(Transaction& transaction, const KnownRun& run,
                   std::span<const ChannelDeclared> channels) {
  for (const ChannelDeclared& channel : channels) {
    transaction.run(
        "INSERT INTO channel VALUES (?1, ?2, ?3, ?4) ON CONFLICT (run, channel) DO UPDATE SET"
        " name = ?3, period_ns = ?4 WHERE name <> ?3 OR period_ns <> ?4",
        {run.row, std::int64_t{index_of(channel.channel)}, std::string_view(channel.name),
         to_ns(channel.period)});
  }
}

void note_clocks(Transaction& transaction, const KnownRun& run,
                 std::span<const ClockRecord> clocks) {
  for (const ClockRecord& clock : clocks) {
    if (!clock.synchronised) continue;
    const std::optional<LastClock> last = last_clock(transaction, run);
    if (last && says_the_same(*last, clock)) continue;
    const bool full =
        transaction.integer("SELECT count(*) FROM clock WHERE run = ?", {run.row}) >= kClocksMax;
    if (last && full) {
      transaction.run("DELETE FROM clock WHERE run = ? AND time_ns = ?", {run.row, last->time_ns});
    }
    transaction.run("INSERT OR REPLACE INTO clock VALUES (?, ?, ?)",
                    {run.row, to_ns(clock.time), to_ns(clock.wall)});
  }
}

void forget_names(Transaction& transaction, const KnownRun& current) {
  transaction.run(
      "DELETE FROM channel WHERE run <> ?1"
      " AND NOT EXISTS (SELECT 1 FROM chunk WHERE chunk.run = channel.run AND stream IN (1, 2))"
      " AND NOT EXISTS (SELECT 1 FROM frame WHERE frame.run = channel.run)",
      {current.row});
}

std::vector<KnownBoot> boots_of(Transaction& transaction, const std::string& channel) {
  std::vector<KnownBoot> boots;
  transaction.for_each(
      "SELECT boot FROM run WHERE boot <> '' AND EXISTS (SELECT 1 FROM channel"
      " WHERE channel.run = run.id AND name = ?) GROUP BY boot ORDER BY max(id) DESC LIMIT ?",
      {std::string_view(channel), kBootsMax}, [&](const Row& row) {
        boots.push_back({std::string(row.text(0)), {}});
        return true;
      });
  for (KnownBoot& boot : boots) {
    transaction.for_each(
        "SELECT time_ns, wall_ns FROM clock JOIN run ON run.id = clock.run WHERE boot = ?"
        " ORDER BY time_ns",
        {std::string_view(boot.boot)}, [&](const Row& row) {
          boot.clocks.push_back(
              {instant_from_ns(row.integer(0)), wall_time_from_ns(row.integer(1)), {}, true});
          return true;
        });
  }
  return boots;
}

std::string boot_of(Transaction& transaction, const RunId& run) {
  std::string boot;
  transaction.for_each("SELECT boot FROM run WHERE run = ?", {std::as_bytes(std::span(run.bytes))},
                       [&](const Row& row) {
                         boot = row.text(0);
                         return false;
                       });
  return boot;
}

}  // namespace sluice::storage
