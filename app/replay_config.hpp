#pragma once
// From a configuration to one that can be run over stored readings: no device is opened and no
// output switched, and what the readings have been through before they were stored is not done to
// them again. Pure functions.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/recorded_runs.hpp"
#include "config/config.hpp"

namespace sluice::app {

// How a channel is fed from what is stored of it.
struct Feed {
  Calibration wanted{};
  Range recorded_range{};
  Duration hold_min{};  // a deadband holds values back for so long
};

struct ReplayConfig {
  config::Config config;
  std::map<std::string, Feed> feeds;  // by channel; none for those that are derived
  // What this replay cannot say, or not exactly, in words for people; each names its channel.
  std::vector<std::string> notes;
};

// `recorded` is what the readings were recorded under; null: nobody knows, and then the filters of
// `wanted` are taken to be those. Channels of which nothing is stored are left out, and those that
// are derived from them.
ReplayConfig replay_config(const config::Config& wanted, const config::Config* recorded,
                           std::span<const RecordedRun> runs);

}  // namespace sluice::app
