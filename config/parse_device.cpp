#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/document.hpp"
#include "config/problem_list.hpp"
#include "config/sections.hpp"
#include "config/wording.hpp"
#include "hal/device_drivers.hpp"

namespace sluice::config {
namespace {

// The value of one key, if it is there and right.
std::optional<hal::Settings::Value> take(TableReader& reader, const Key& key) {
  const auto value = [](bool taken, auto into) {
    return taken ? std::optional<hal::Settings::Value>(std::move(into)) : std::nullopt;
  };
  bool flag = false;
  double number = 0.0;
  std::int64_t integer = 0;
  std::uint64_t count = 0;
  std::size_t chosen = 0;
  Duration duration{};
  std::string text;
  std::vector<std::string> texts;
  switch (key.type) {
    case Type::kText:
    case Type::kId:
    case Type::kName:
      return reader.text(key.name, text) ? value(true, text) : std::nullopt;
    case Type::kPath:
      return reader.path(key.name, text) ? value(true, text) : std::nullopt;
    case Type::kFlag:
      return reader.flag(key.name, flag) ? value(true, flag) : std::nullopt;
    case Type::kInteger:
      return reader.integer(key.name, integer) ? value(true, integer) : std::nullopt;
    case Type::kNumber:
      return reader.number(key.name, number) ? value(true, number) : std::nullopt;
    case Type::kDuration:
      return reader.duration(key.name, duration) ? value(true, duration) : std::nullopt;
    case Type::kSize:
      if (!reader.size(key.name, count)) return std::nullopt;
      return value(true, static_cast<std::int64_t>(count));
    case Type::kRate:
      if (!reader.rate(key.name, count)) return std::nullopt;
      return value(true, static_cast<std::int64_t>(count));
    case Type::kChoice:
      if (!reader.choice(key.name, chosen)) return std::nullopt;
      return value(true, std::string(key.choices[chosen]));
    case Type::kTexts:
      return reader.texts(key.name, texts) ? value(true, texts) : std::nullopt;
    case Type::kTable:
    case Type::kTables:
    case Type::kBroker:
    case Type::kPair:
      break;
  }
  CHECK(false);
}

// The keys with their fallbacks, as a file that leaves none of these out.
Table fallbacks_of(std::span<const Key> keys) {
  std::string text;
  for (const Key& key : keys) {
    if (key.fallback.empty()) continue;
    text += std::string(key.name) + " = " + std::string(key.fallback) + "\n";
  }
  std::variant<Table, SyntaxError> document = read_document(text);
  CHECK(std::holds_alternative<Table>(document));
  return std::get<Table>(std::move(document));
}

}  // namespace

std::optional<hal::Settings> parse_settings(TableReader& reader, std::span<const Key> keys,
                                            Section section) {
  const Table fallbacks = fallbacks_of(keys);
  ProblemList unheard("");
  TableReader fallback(fallbacks, unheard);
  fallback.also(section);

  hal::Settings settings;
  bool complete = true;
  for (const Key& key : keys) {
    TableReader& source = reader.has(key.name) || key.fallback.empty() ? reader : fallback;
    if (!source.has(key.name) && !key.required) continue;
    if (auto value = take(source, key)) {
      settings.set(key.name, *std::move(value));
    } else {
      complete = false;
    }
  }
  CHECK(unheard.empty());
  return complete ? std::optional(std::move(settings)) : std::nullopt;
}

void claim_address(TableReader& reader, const std::string& address, const Names::Claim& claim,
                   Names& names) {
  if (address.empty()) return;
  const auto [place, is_new] = names.addresses.try_emplace(address, claim);
  const Names::Claim& first = place->second;
  if (is_new) return;
  if (first.driver == claim.driver && !claim.exclusive) {
    if (first.bus == claim.bus) return;
    reader.report("driver", address + " is " + in_quotes(first.bus) + " in line " +
                                std::to_string(first.line) + " and " + in_quotes(claim.bus) +
                                " here; only one of them can be right");
    return;
  }
  reader.report("driver", address + (first.switches ? " is switched" : " is read") + " by driver " +
                              in_quotes(first.driver) + " in line " + std::to_string(first.line) +
                              "; only one of them can be right");
}

void count_bus(TableReader& reader, const std::string& bus, Names& names) {
  if (names.buses.contains(bus)) return;
  if (names.buses.size() < hal::kBusesMax) {
    names.buses.insert(bus);
  } else {
    reader.report("driver", "bus " + in_quotes(bus) + " is one more than the " +
                                std::to_string(hal::kBusesMax) + " that a gateway can have");
  }
}

hal::DeviceOptions parse_device(TableReader& channel, std::size_t number, Names& names) {
  const hal::DeviceDriver& driver = *hal::device_drivers()[number];
  hal::DeviceOptions options{.driver = std::string(driver.name), .settings = {}};
  std::optional<hal::Settings> settings =
      parse_settings(channel, driver.keys, section_of_device(number));
  if (!settings) return options;
  options.settings = *std::move(settings);
  if (driver.check != nullptr) {
    if (const auto mistake = driver.check(options.settings)) {
      channel.report(mistake->key, mistake->message);
    }
  }
  claim_address(channel, driver.address == nullptr ? "" : driver.address(options.settings),
                {.driver = options.driver,
                 .line = channel.position_of("driver").line,
                 .exclusive = driver.exclusive,
                 .bus = driver.bus(options.settings)},
                names);
  count_bus(channel, driver.bus(options.settings), names);
  return options;
}

}  // namespace sluice::config
