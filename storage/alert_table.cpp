#include "storage/alert_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::storage {

void note_alerts(Transaction& transaction, const Commit& commit) {
  if (commit.forget_alerts) transaction.run("DELETE FROM active_alert");
  for (const std::string& name : commit.cleared_alerts) {
    transaction.run("DELETE FROM active_alert WHERE name = ?", {std::string_view(name)});
  }
  for (const ActiveAlert& alert : commit.active_alerts) {
    transaction.run(
        "INSERT OR REPLACE INTO active_alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {std::string_view(alert.name), std::string_view(alert.rule), std::string_view(alert.boot),
         to_ns(alert.raised), to_ns(alert.stepped), static_cast<std::int64_t>(alert.severity),
         std::int64_t{alert.count}, std::int64_t{alert.acknowledged ? 1 : 0},
         std::int64_t{alert.escalated ? 1 : 0}});
  }
  if (commit.checkpoint) {
    transaction.run("INSERT OR REPLACE INTO checkpoint VALUES (1, ?, ?, ?)",
                    {std::string_view(commit.checkpoint->boot), to_ns(commit.checkpoint->taken),
                     std::span<const std::byte>(commit.checkpoint->bytes)});
  }
}

std::vector<ActiveAlert> all_active_alerts(Transaction& transaction) {
  std::vector<ActiveAlert> alerts;
  transaction.for_each(
      "SELECT name, rule, boot, raised_ns, step_ns, severity, count, acknowledged, escalated"
      " FROM active_alert ORDER BY name",
      {}, [&](const Row& row) {
        // A damaged row is no reason to show what is no severity.
        const std::int64_t severity = row.integer(5);
        if (severity < 0 || severity >= kSeverityCount) return true;
        alerts.push_back({std::string(row.text(0)), std::string(row.text(1)),
                          std::string(row.text(2)), instant_from_ns(row.integer(3)),
                          instant_from_ns(row.integer(4)), static_cast<Severity>(severity),
                          static_cast<std::uint32_t>(row.integer(6)), row.integer(7) != 0,
                          row.integer(8) != 0});
        return true;
      });
  return alerts;
}

std::optional<Checkpoint> last_checkpoint(Transaction& transaction) {
  std::optional<Checkpoint> checkpoint;
  transaction.for_each("SELECT boot, taken_ns, bytes FROM checkpoint", {}, [&](const Row& row) {
    const std::span<const std::byte> bytes = row.blob(2);
    checkpoint = Checkpoint{std::string(row.text(0)), instant_from_ns(row.integer(1)),
                            Bytes(bytes.begin(), bytes.end())};
    return false;
  });
  return checkpoint;
}

}  // namespace sluice::storage
