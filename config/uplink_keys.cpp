#include <array>
#include <chrono>
#include <string_view>

#include "config/key_tables.hpp"
#include "config/keys.hpp"
#include "core/time.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kKiB = 1'024;
constexpr std::int64_t kMiB = 1'024 * kKiB;
constexpr std::int64_t kTiB = 1'024 * 1'024 * kMiB;
constexpr std::int64_t kGbit = 1'000'000'000;

using Words = std::string_view;
constexpr std::array kMqttVersions{Words("auto"), Words("5"), Words("3.1.1")};
constexpr std::array kBacklogOrders{Words("oldest_first"), Words("newest_first")};
constexpr std::array kAroundAlertChannels{Words("own"), Words("all")};
// In the order of core/lane.hpp.
constexpr std::array kLaneNames{Words("alert"),     Words("event"), Words("rollup"),
                                Words("requested"), Words("raw"),   Words("rejected"),
                                Words("backlog")};

constexpr Key kUplinkKeys[] = {
    {.name = "enabled",
     .type = Type::kFlag,
     .fallback = "true",
     .meaning = "`false` keeps everything in the buffer and sends nothing."},
    {.name = "broker",
     .type = Type::kBroker,
     .fallback = "\"mqtt://localhost:1883\"",
     .meaning = "`mqtt://host:port`, or `mqtts://host:port` with TLS; the port may be left out."},
    {.name = "tls", .type = Type::kTable, .meaning = "Certificates, for `mqtts://`."},
    {.name = "profile",
     .type = Type::kTables,
     .low = 0,
     .high = 16,
     .meaning = "What a kind of link may be used for. The first that names the interface which "
                "carries the connection holds; without one there are no limits."},
    {.name = "client_id",
     .type = Type::kId,
     .low = 1,
     .high = kTextBytesMax,
     .meaning = "MQTT client id, unique at the broker. Without it `sluice-` and the gateway's id."},
    {.name = "keep_alive",
     .type = Type::kDuration,
     .fallback = "\"1m\"",
     .low = to_ns(seconds(5)),
     .high = to_ns(hours(18)),
     .meaning = "Longest silence on the connection, in whole seconds. Longer costs fewer bytes and "
                "finds a dead link later. It begins with this and learns from there on."},
    {.name = "keep_alive_min",
     .type = Type::kDuration,
     .fallback = "\"15s\"",
     .low = to_ns(seconds(5)),
     .high = to_ns(hours(18)),
     .meaning = "How short it may become when silent connections are cut. `keep_alive` lowers it."},
    {.name = "keep_alive_max",
     .type = Type::kDuration,
     .fallback = "\"10m\"",
     .low = to_ns(seconds(5)),
     .high = to_ns(hours(18)),
     .meaning = "How long it may become when they hold. `keep_alive` raises it."},
    {.name = "retry_max",
     .type = Type::kDuration,
     .fallback = "\"2m\"",
     .low = to_ns(seconds(1)),
     .high = to_ns(hours(1)),
     .meaning = "Longest wait from one try to connect to the next. It is drawn at random below a "
                "bound that doubles from 1 s to this, so that many gateways do not come back "
                "together."},
    {.name = "mqtt_version",
     .type = Type::kChoice,
     .fallback = "\"auto\"",
     .choices = kMqttVersions,
     .meaning =
         "`auto` speaks 5 with TLS and to a broker on this machine, 3.1.1 otherwise and to a "
         "broker that refuses 5. Debian 12's MQTT library aborts on a broken packet of "
         "version 5."},
    {.name = "credentials_file",
     .type = Type::kPath,
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "File of two lines, user name and password, readable by its owner alone; a systemd "
                "credential for one. Without it none are sent."},
    {.name = "ack_key_file",
     .type = Type::kPath,
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "File of a secret, 16 bytes at least, readable by its owner alone; the collector "
                "has the same one (`--ack-key`). Acknowledgements that are not signed with it are "
                "not believed. For a broker that belongs to somebody else."},
    {.name = "batches_in_flight",
     .type = Type::kInteger,
     .fallback = "8",
     .low = 1,
     .high = 64,
     .meaning = "Most batches that wait for the collector's acknowledgement at a time; a slow link "
                "has fewer."},
    {.name = "batch_size",
     .type = Type::kSize,
     .fallback = "\"64KiB\"",
     .low = kKiB,
     .high = kMiB / 2,
     .meaning =
         "Most bytes of chunks in one MQTT message; a slow link has smaller ones, and so has "
         "a broker that takes no more."},
    {.name = "backlog",
     .type = Type::kChoice,
     .fallback = "\"oldest_first\"",
     .choices = kBacklogOrders,
     .meaning = "In which order raw readings go that waited while there was no link. What comes "
                "meanwhile does not wait behind them."},
    {.name = "ack_timeout",
     .type = Type::kDuration,
     .fallback = "\"30s\"",
     .low = to_ns(milliseconds(100)),
     .high = to_ns(hours(1)),
     .meaning = "Without an acknowledgement for this long a batch is sent again; the time doubles "
                "with every repetition."},
    {.name = "ack_timeout_max",
     .type = Type::kDuration,
     .fallback = "\"10m\"",
     .low = to_ns(milliseconds(100)),
     .high = to_ns(hours(24)),
     .meaning = "Where the doubling ends. At least `ack_timeout`."},
    {.name = "live_every",
     .type = Type::kDuration,
     .fallback = "\"10s\"",
     .or_zero = true,
     .low = to_ns(milliseconds(10)),
     .high = to_ns(hours(1)),
     .meaning = "How often the latest values are sent ahead of the record; `\"0s\"` sends none. "
                "Alerts go at once in any case."},
    {.name = "live_alerts_per_minute",
     .type = Type::kInteger,
     .fallback = "60",
     .low = 1,
     .high = 10'000,
     .meaning = "Beyond so many raised alerts a minute no more are told of live, but for one "
                "message a minute with their number; a fifth is for critical ones. All are "
                "recorded and delivered all the same."},
    {.name = "around_alert_before",
     .type = Type::kDuration,
     .fallback = "\"1m\"",
     .low = 0,
     .high = to_ns(hours(1)),
     .meaning = "Raw readings of so long before an alert is raised are sent ahead of others, as "
                "lane `requested`. They should reach back over its `for`."},
    {.name = "around_alert_after",
     .type = Type::kDuration,
     .fallback = "\"1m\"",
     .low = 0,
     .high = to_ns(hours(1)),
     .meaning =
         "The same of so long after it. With both at `\"0s\"` alerts send no readings ahead."},
    {.name = "around_alert_channels",
     .type = Type::kChoice,
     .fallback = "\"own\"",
     .choices = kAroundAlertChannels,
     .meaning = "Of which channels: the alert's own, or all of the gateway."}};

constexpr Key kTlsKeys[] = {
    {.name = "ca_file",
     .type = Type::kPath,
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "Certificates of whom to trust, PEM. `mqtts://` needs it."},
    {.name = "certificate_file",
     .type = Type::kPath,
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "The gateway's own certificate with its chain, PEM. Without it none is shown."},
    {.name = "key_file",
     .type = Type::kPath,
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "Private key of that certificate, PEM, readable by its owner alone; a systemd "
                "credential for one."},
    {.name = "crl_file",
     .type = Type::kPath,
     .low = 1,
     .high = kPathBytesMax,
     .meaning = "Certificates that the CA has revoked, PEM. It has to be kept current."},
    {.name = "pins",
     .type = Type::kTexts,
     .low = 1,
     .high = 4,
     .meaning = "The broker's public key has to be one of these: SHA-256 of the "
                "SubjectPublicKeyInfo, 64 hexadecimal digits each."}};

constexpr Key kProfileKeys[] = {
    {.name = "name",
     .type = Type::kId,
     .required = true,
     .example = "name = \"cellular\"",
     .low = 1,
     .high = kIdBytesMax,
     .meaning = "Unique in the gateway. What it has cost is kept under this name."},
    {.name = "interfaces",
     .type = Type::kTexts,
     .required = true,
     .example = "interfaces = [\"wwan*\"]",
     .low = 1,
     .high = 16,
     .meaning =
         "Network interfaces it is for; `*` at the end stands for anything, `\"*\"` for all."},
    {.name = "rate",
     .type = Type::kRate,
     .low = 1'000,
     .high = 100 * kGbit,
     .meaning = "Most that is sent and received a second, on the wire. Without it as much as the "
                "link carries."},
    {.name = "budget_per_day",
     .type = Type::kSize,
     .low = kKiB,
     .high = 1'024 * kTiB,
     .meaning = "Most bytes of a calendar day (UTC), on the wire, both ways. What matters less is "
                "held back before it is used up; alerts never are."},
    {.name = "budget_per_month",
     .type = Type::kSize,
     .low = kKiB,
     .high = 1'024 * kTiB,
     .meaning = "The same of a calendar month."},
    {.name = "hours",
     .type = Type::kTexts,
     .low = 1,
     .high = 16,
     .meaning = "When it may be used, local time, such as `[\"22:00-06:00\"]`. Alerts do not wait "
                "for it. Without it always."},
    {.name = "lanes",
     .type = Type::kTexts,
     .low = 1,
     .high = kLaneNames.size(),
     .choices = kLaneNames,
     .meaning = "What may use it; alerts always may. Without it everything. `backlog` is raw "
                "readings that waited while there was no link."}};

}  // namespace

std::span<const Key> uplink_keys() {
  return kUplinkKeys;
}
std::span<const Key> tls_keys() {
  return kTlsKeys;
}
std::span<const Key> profile_keys() {
  return kProfileKeys;
}

}  // namespace sluice::config
