#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/sections.hpp"
#include "config/suggest.hpp"
#include "config/wording.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view kLists[] = {"all", "any", "none"};

bool has_list(const TableReader& reader) {
  return std::ranges::any_of(kLists, [&](std::string_view key) { return reader.has(key); });
}

void parse_bus(TableReader& reader, const Names& names, CompositeOptions& composite) {
  if (!reader.text("bus_down", composite.bus_down)) return;
  if (has_list(reader)) {
    reader.report("bus_down",
                  "stands beside all, any or none; make it an alert of its own and "
                  "name that there");
  }
  if (names.buses.contains(composite.bus_down)) return;
  const std::vector<std::string_view> known(names.buses.begin(), names.buses.end());
  reader.report("bus_down", "no channel is read over the bus " + in_quotes(composite.bus_down) +
                                suggestion(composite.bus_down, known));
}

CompositeOptions parse_composite(TableReader& reader, Names& names) {
  CompositeOptions composite;
  std::string& name = composite.rule.name;
  if (reader.text("name", name)) names.alerts.claim(reader, "name", name);
  reader.reject_strangers();
  const auto list = [&](std::string_view key, std::vector<std::string>& into) {
    if (reader.texts(key, into)) names.alert_mentions.push_back({reader, key, name, into});
  };
  list("all", composite.all);
  list("any", composite.any);
  list("none", composite.none);
  parse_bus(reader, names, composite);
  if (!has_list(reader) && !reader.has("bus_down")) {
    reader.report("name", "no condition; expected \"all\", \"any\", \"none\" or \"bus_down\"");
  }
  parse_life(reader, names, composite.rule);
  return composite;
}

void check_mentions(Names& names) {
  for (Names::Mention& mention : names.alert_mentions) {
    for (const std::string& name : mention.names) {
      if (name == mention.owner) {
        mention.reader.report(mention.key, "an alert cannot name itself here");
      } else if (!names.alerts.contains(name)) {
        mention.reader.report(mention.key, "there is no alert " + in_quotes(name) +
                                               suggestion(name, names.alerts.all()));
      }
    }
  }
}

// Moves those whose names all stand in `done`, or are of channels, behind the others of `done`,
// again and again. What is left in `waiting` is on a circle or behind one.
void order(std::vector<CompositeOptions>& waiting, std::vector<CompositeOptions>& done) {
  // One that names itself is reported as that.
  const auto waits_for = [&](const std::string& owner, const std::vector<std::string>& names) {
    return std::ranges::any_of(names, [&](const std::string& name) {
      return name != owner && std::ranges::any_of(waiting, [&](const CompositeOptions& one) {
               return one.rule.name == name;
             });
    });
  };
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < waiting.size();) {
      const CompositeOptions& one = waiting[i];
      const std::string& owner = one.rule.name;
      const bool waits =
          waits_for(owner, one.all) || waits_for(owner, one.any) || waits_for(owner, one.none);
      if (waits) {
        ++i;
        continue;
      }
      done.push_back(std::move(waiting[i]));
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
      moved = true;
    }
  }
}

}  // namespace

void parse_composites(TableReader& root, Names& names, Config& config) {
  std::vector<TableReader> readers = root.tables("alert", Section::kComposite);
  std::vector<CompositeOptions> waiting;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    waiting.push_back(parse_composite(readers[i], names));
    places.emplace(waiting.back().rule.name, i);
  }
  check_mentions(names);
  order(waiting, config.composites);
  if (waiting.empty()) return;
  std::string circle;
  for (const CompositeOptions& one : waiting) {
    circle += (circle.empty() ? "" : ", ") + in_quotes(one.rule.name);
  }
  readers[places[waiting.front().rule.name]].report(
      "name", "alerts that name each other in a circle, or one that does: " + circle);
}

}  // namespace sluice::config
