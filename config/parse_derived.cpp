#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "config/sections.hpp"
#include "config/suggest.hpp"
#include "config/wording.hpp"
#include "core/result.hpp"
#include "hal/formula.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view kKey = "expression";

// The channels by their place in the file, and what each is derived from.
class Dependencies {
 public:
  Dependencies(std::span<TableReader> readers, const Config& config)
      : readers_(readers),
        config_(config),
        inputs_(config.channels.size()),
        visits_(config.channels.size()) {}

  void add(std::size_t channel, std::size_t input) { inputs_[channel].push_back(input); }

  // Reports each circle once, at the channel of it that stands first in the file.
  void report_circles() {
    for (std::size_t channel = 0; channel < inputs_.size(); ++channel) {
      if (visits_[channel] == Visit::kNone) visit_from(channel);
    }
  }

 private:
  enum class Visit { kNone, kOpen, kDone };
  struct Step {
    std::size_t channel;
    std::size_t next = 0;  // of its inputs
  };

  // Depth first, without recursion: a chain may be as long as the file has channels.
  void visit_from(std::size_t start) {
    std::vector<Step> path;
    const auto enter = [&](std::size_t channel) {
      visits_[channel] = Visit::kOpen;
      path.push_back(Step{channel});
    };
    enter(start);
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == inputs_[step.channel].size()) {
        visits_[step.channel] = Visit::kDone;
        path.pop_back();
        continue;
      }
      const std::size_t input = inputs_[step.channel][step.next++];
      if (visits_[input] == Visit::kNone) {
        enter(input);
      } else if (visits_[input] == Visit::kOpen) {
        report_circle(path, input);
      }
    }
  }

  void report_circle(const std::vector<Step>& path, std::size_t input) {
    std::vector<std::size_t> circle;
    for (auto step = path.rbegin(); step != path.rend(); ++step) {
      circle.push_back(step->channel);
      if (step->channel == input) break;
    }
    std::reverse(circle.begin(), circle.end());
    std::rotate(circle.begin(), std::min_element(circle.begin(), circle.end()), circle.end());
    std::string chain;
    for (const std::size_t channel : circle) {
      chain += in_quotes(config_.channels[channel].spec.name) + " (line " +
               std::to_string(readers_[channel].position_of(kKey).line) + ") needs ";
    }
    chain += in_quotes(config_.channels[circle.front()].spec.name);
    readers_[circle.front()].report(kKey, "it is derived from itself: " + chain);
  }

  std::span<TableReader> readers_;
  const Config& config_;
  std::vector<std::vector<std::size_t>> inputs_;
  std::vector<Visit> visits_;
};

}  // namespace

hal::DerivedOptions parse_derived(TableReader& channel) {
  hal::DerivedOptions derived;
  if (!channel.text(kKey, derived.expression)) return derived;
  if (const Result<hal::Formula> formula = hal::Formula::compile(derived.expression); !formula) {
    channel.report(kKey, formula.error().message);
  }
  return derived;
}

void check_derived(std::span<TableReader> readers, const Config& config, const Names& names) {
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < config.channels.size(); ++i) {
    places.emplace(config.channels[i].spec.name, i);
  }
  Dependencies dependencies(readers, config);
  for (std::size_t i = 0; i < config.channels.size(); ++i) {
    const auto* derived = std::get_if<hal::DerivedOptions>(&config.channels[i].sensor);
    if (derived == nullptr) continue;
    const Result<hal::Formula> formula = hal::Formula::compile(derived->expression);
    if (!formula) continue;  // reported before
    for (const std::string& input : formula->inputs()) {
      if (const auto place = places.find(input); place != places.end()) {
        dependencies.add(i, place->second);
      } else {
        readers[i].report(kKey, "there is no channel " + in_quotes(input) +
                                    suggestion(input, names.channels.all()));
      }
    }
  }
  dependencies.report_circles();
}

}  // namespace sluice::config
