#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
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
Table fallbacks_of(const hal::DeviceDriver& driver) {
  std::string text;
  for (const Key& key : driver.keys) {
    if (key.fallback.empty()) continue;
    text += std::string(key.name) + " = " + std::string(key.fallback) + "\n";
  }
  std::variant<Table, SyntaxError> document = read_document(text);
  CHECK(std::holds_alternative<Table>(document));
  return std::get<Table>(std::move(document));
}

// Two drivers cannot both be right about what answers at one address, and not every place can be
// had twice.
void claim(TableReader& channel, const hal::DeviceDriver& driver, const hal::Settings& settings,
           Names& names) {
  const std::string address = driver.address == nullptr ? "" : driver.address(settings);
  if (address.empty()) return;
  const auto [place, is_new] = names.addresses.try_emplace(
      address, Names::Claim{std::string(driver.name), channel.position_of("driver").line});
  if (is_new || (place->second.driver == driver.name && !driver.exclusive)) return;
  channel.report("driver", address + " is read by driver " + in_quotes(place->second.driver) +
                               " in line " + std::to_string(place->second.line) +
                               "; only one of them can be right");
}

// Each bus has a thread of its own.
void count_bus(TableReader& channel, const std::string& bus, Names& names) {
  if (names.buses.contains(bus)) return;
  if (names.buses.size() < hal::kBusesMax) {
    names.buses.insert(bus);
  } else {
    channel.report("driver", "bus " + in_quotes(bus) + " is one more than the " +
                                 std::to_string(hal::kBusesMax) + " that a gateway can have");
  }
}

}  // namespace

hal::DeviceOptions parse_device(TableReader& channel, std::size_t number, Names& names) {
  const hal::DeviceDriver& driver = *hal::device_drivers()[number];
  const Table fallbacks = fallbacks_of(driver);
  ProblemList unheard("");
  TableReader fallback(fallbacks, unheard);
  fallback.also(section_of_device(number));

  hal::DeviceOptions options{.driver = std::string(driver.name), .settings = {}};
  bool complete = true;
  for (const Key& key : driver.keys) {
    TableReader& reader = channel.has(key.name) || key.fallback.empty() ? channel : fallback;
    if (!reader.has(key.name) && !key.required) continue;
    if (auto value = take(reader, key)) {
      options.settings.set(key.name, *std::move(value));
    } else {
      complete = false;
    }
  }
  CHECK(unheard.empty());
  if (!complete) return options;
  if (driver.check != nullptr) {
    if (const auto mistake = driver.check(options.settings)) {
      channel.report(mistake->key, mistake->message);
    }
  }
  claim(channel, driver, options.settings, names);
  count_bus(channel, driver.bus(options.settings), names);
  return options;
}

}  // namespace sluice::config
