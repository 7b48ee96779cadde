#pragma once
// The parser section by section, for config/parse.cpp alone to put together. Each takes what is
// right into the config and reports what is not; only a config without any report is used.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/table_reader.hpp"
#include "config/unique_names.hpp"
#include "core/alert.hpp"
#include "core/filter.hpp"
#include "hal/options.hpp"
#include "uplink/options.hpp"

namespace sluice::config {

// What the sections of one file have to agree on.
struct Names {
  UniqueNames channels{"channel"};
  UniqueNames alerts{"alert"};
  UniqueNames actuators{"actuator"};
  UniqueNames ledgers{"channel"};
  // Which driver has claimed an address, and in which line.
  struct Claim {
    std::string driver;
    std::uint32_t line = 0;
    bool exclusive = false;  // nobody else may have it, the same driver included
    bool switches = false;   // as an actuator
    std::string bus{};       // over which
  };
  std::map<std::string, Claim> addresses{};
  std::set<std::string> buses{};  // of device drivers, of actuators too
  // Where an alert names others, which may stand further down.
  struct Mention {
    TableReader reader;
    std::string_view key;
    std::string owner;
    std::vector<std::string> names;
  };
  std::vector<Mention> alert_mentions{};
  std::size_t windows = 0;  // alerts on one
};

void parse_gateway(TableReader& root, std::string_view host_name, Config& config);
void parse_realtime(TableReader& root, Config& config);
void parse_storage(TableReader& root, Config& config);
// REQUIRES: parse_gateway() before.
void parse_uplink(TableReader& root, Config& config);
// Reads the entries of `profile`.
std::vector<uplink::LinkProfile> parse_profiles(TableReader& uplink);
// REQUIRES: parse_channels() before.
void parse_rollup(TableReader& root, Config& config);
void parse_actuators(TableReader& root, Names& names, Config& config);
// REQUIRES: parse_actuators() before.
void parse_channels(TableReader& root, Names& names, Config& config);

// Reads what alerts of both kinds have, but for their condition.
void parse_life(TableReader& reader, Names& names, AlertRule& rule);
// The alerts over alerts. REQUIRES: parse_channels() before.
void parse_composites(TableReader& root, Names& names, Config& config);

std::vector<FilterSpec> parse_filters(TableReader& channel);
// `spec` holds the channel but for its alerts.
std::vector<AlertRule> parse_alerts(TableReader& channel, const ChannelSpec& spec, Names& names);
// What is set of a driver's keys, with their fallbacks; nothing, after reporting, when one is
// wrong.
std::optional<hal::Settings> parse_settings(TableReader& reader, std::span<const Key> keys,
                                            Section section);
// Two drivers cannot both be right about what answers at one address, and not every place can be
// had twice. Nothing to claim when it is empty.
void claim_address(TableReader& reader, const std::string& address, const Names::Claim& claim,
                   Names& names);
// Each bus has a thread of its own.
void count_bus(TableReader& reader, const std::string& bus, Names& names);
// The keys of the device driver in row `driver` of the table.
hal::DeviceOptions parse_device(TableReader& channel, std::size_t driver, Names& names);
hal::DerivedOptions parse_derived(TableReader& channel);
// Holds the formulas of derived channels to the channels that there are. `readers` are those of
// config.channels, all of them.
void check_derived(std::span<TableReader> readers, const Config& config, const Names& names);
// Reads `driver` and its keys.
hal::SensorOptions parse_sensor(TableReader& channel, Names& names);

}  // namespace sluice::config
