#include "tests/config/key_checks.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/units.hpp"
#include "hal/actuator_drivers.hpp"
#include "hal/device_drivers.hpp"
#include "tests/config/parsing.hpp"

namespace sluice::config {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

Lines alert_lines(std::string_view key) {
  if (key == "above" || key == "below" || key == "rate_above" || key == "no_data" ||
      key == "flat_line" || key == "anomaly" || key == "same") {
    return {{"name", "\"a\""}};
  }
  if (key == "over") return {{"name", "\"a\""}, {"rate_above", "1"}};
  if (key == "tolerance") return {{"name", "\"a\""}, {"flat_line", "\"10m\""}};
  if (key == "at_least") return {{"name", "\"a\""}, {"above", "1"}, {"of_last", "64"}};
  if (key == "of_last") return {{"name", "\"a\""}, {"above", "1"}, {"at_least", "1"}};
  return {{"name", "\"a\""}, {"above", "1"}};
}

// Of a section of the keys of a driver of devices; empty for another one.
std::string_view driver_of(Section section) {
  const std::size_t devices = hal::device_drivers().size();
  for (std::size_t i = 0; i < devices; ++i) {
    if (section == section_of_device(i)) return hal::device_drivers()[i]->name;
  }
  for (std::size_t i = 0; i < hal::actuator_drivers().size(); ++i) {
    if (section == section_of_actuator(i)) return hal::actuator_drivers()[i]->name;
  }
  return {};
}
bool is_of_actuator(Section section) {
  return section >= section_of_actuator(0);
}

// Their examples are lines as they would be written.
Lines required_lines(Section section) {
  Lines lines;
  for (const Key& key : keys_of(section)) {
    const std::string example(key.example);
    const std::size_t equals = example.find(" = ");
    if (key.required) lines.emplace_back(example.substr(0, equals), example.substr(equals + 3));
  }
  return lines;
}

// The other keys that a table needs so that `key` makes sense in it.
Lines lines_for(Section section, std::string_view key) {
  if (!driver_of(section).empty()) return required_lines(section);
  switch (section) {
    case Section::kChannel:
      return {{"name", "\"a\""}, {"unit", "\"1\""}, {"driver", "\"simulated\""}};
    case Section::kHost:
      return {{"quantity", "\"temperature\""}};
    case Section::kReplay:
      return {{"file", "\"a.csv\""}};
    case Section::kFault:
      return {{"kind", "\"spike\""}, {"length", "\"1s\""}, {"value", "1"}};
    case Section::kFilter:
      return key == "silence" ? Lines{{"deadband", "1"}} : Lines{};
    case Section::kAlert:
      return alert_lines(key);
    case Section::kComposite:
      return {{"name", "\"a\""}, {"none", "[\"other\"]"}};
    case Section::kProfile:
      return {{"name", "\"a\""}, {"interfaces", "[\"a\"]"}};
    case Section::kActuator:
      return {{"name", "\"a\""}, {"driver", "\"log\""}};
    default:
      return {};
  }
}

// A file with one table of the section.
std::string file_with(Section section, const Lines& lines) {
  const bool is_inline = section == Section::kFilter || section == Section::kFault;
  std::string text;
  for (const auto& [key, value] : lines) {
    if (is_inline && !text.empty()) text += ", ";
    text += key + " = " + value + (is_inline ? "" : "\n");
  }
  if (const std::string driver(driver_of(section)); !driver.empty()) {
    if (!is_of_actuator(section)) return in_channel_of(driver, text);
    return before_channel("[[actuator]]\nname = \"a\"\ndriver = \"" + driver + "\"\n" + text);
  }
  switch (section) {
    case Section::kRoot:
      return before_channel(text);
    case Section::kChannel:
      return "[[channel]]\n" + text;
    case Section::kHost:
      return in_channel_of("host", text);
    case Section::kSimulated:
      return in_channel(text);
    case Section::kReplay:
      return in_channel_of("replay", text);
    case Section::kFault:
      return in_channel("faults = [{" + text + "}]");
    case Section::kFilter:
      return in_channel("filters = [{" + text + "}]");
    case Section::kAlert:
      return in_channel("[[channel.alert]]\n" + text);
    case Section::kComposite:
      return before_channel("[[alert]]\n" + text) +
             "\n[[channel.alert]]\nname = \"other\"\nabove = 1\n";
    default:
      return before_channel(title_of(section) + "\n" + text);
  }
}

// A right file, but for the value of the key; without the key when the value is empty.
std::string file_with(Section section, std::string_view key, const std::string& value) {
  // The only key of the root that cannot stand beside a channel.
  if (section == Section::kRoot && key == "channel") {
    return value.empty() ? "" : "channel = " + value;
  }
  Lines lines = lines_for(section, key);
  std::erase_if(lines, [&](const auto& line) { return line.first == key; });
  if (!value.empty()) lines.emplace_back(key, value);
  return file_with(section, lines);
}

std::string list_of(std::size_t count, std::string_view text) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    list += (i == 0 ? "" : ", ") + ('"' + std::string(text) + '"');
  }
  return '[' + list + ']';
}

std::string text_of(const Key& key, std::int64_t value) {
  const auto letters = static_cast<std::size_t>(value);
  switch (key.type) {
    case Type::kDuration:
      return '"' + text_of_duration(Duration(value)) + '"';
    case Type::kSize:
      return '"' + text_of_size(static_cast<std::uint64_t>(value)) + '"';
    case Type::kRate:
      return '"' + text_of_rate(static_cast<std::uint64_t>(value)) + '"';
    case Type::kTexts:
      return list_of(letters, key.choices.empty() ? "a" : key.choices.front());
    case Type::kText:
    case Type::kId:
    case Type::kName:
      return '"' + std::string(letters, 'a') + '"';
    // From the root, so that nothing is put before it.
    case Type::kPath:
      return letters == 0 ? "\"\"" : "\"/" + std::string(letters - 1, 'a') + '"';
    default:
      return std::to_string(value);
  }
}

std::string finding(const Key& key, const std::string& value, const std::string& problems) {
  return std::string(key.name) + " = " + value.substr(0, 40) + ": " + problems + "\n";
}

// What is said of a value when it is out of the key's bounds, and never otherwise.
bool is_out_of_bounds(const std::string& problems, const Key& key) {
  return problems.find("; expected " + limits_of(key)) != std::string::npos;
}

std::string wrong_bound(Section section, const Key& key, std::int64_t value, bool taken) {
  const std::string text = text_of(key, value);
  const std::string problems = problems_in(file_with(section, key.name, text));
  return is_out_of_bounds(problems, key) == taken ? finding(key, text, problems) : "";
}

// Whether two files give the same values.
bool same(const Config& a, const Config& b) {
  if (!(a.gateway == b.gateway && a.realtime == b.realtime && a.seal == b.seal)) return false;
  if (a.card_endurance_bytes != b.card_endurance_bytes) return false;
  if (!(a.storage == b.storage && a.uplink == b.uplink && a.actuators == b.actuators)) return false;
  if (!(a.rollup == b.rollup)) return false;
  if (a.channels.size() != b.channels.size()) return false;
  for (std::size_t i = 0; i < a.channels.size(); ++i) {
    const ChannelSpec& x = a.channels[i].spec;
    const ChannelSpec& y = b.channels[i].spec;
    if (!(x.name == y.name && x.unit == y.unit && x.period == y.period)) return false;
    if (!(x.calibration == y.calibration && x.range == y.range)) return false;
    if (!(x.filters == y.filters && x.alerts == y.alerts)) return false;
    if (!(a.channels[i].sensor == b.channels[i].sensor)) return false;
  }
  return true;
}

}  // namespace

std::string unread_keys(Section section) {
  std::string findings;
  for (const Key& key : keys_of(section)) {
    const std::string problems = problems_in(file_with(section, key.name, "1979-05-27"));
    const std::string expected = std::string(key.name) + ": expected ";
    const bool is_read = problems.find(expected) != std::string::npos &&
                         problems.find("found a date or time") != std::string::npos;
    if (!is_read) findings += finding(key, "1979-05-27", problems);
  }
  return findings;
}

std::string wrong_defaults(Section section) {
  std::string findings;
  for (const Key& key : keys_of(section)) {
    if (key.fallback.empty()) continue;
    const std::string value(key.fallback);
    const std::string with = file_with(section, key.name, value);
    const std::string without = file_with(section, key.name, "");
    const std::string problems = problems_in(with) + problems_in(without);
    if (!problems.empty()) {
      findings += finding(key, value, problems);
    } else if (!same(config_of(with), config_of(without))) {
      findings += finding(key, value, "is not the default");
    }
  }
  return findings;
}

std::string wrong_requirements(Section section) {
  std::string findings;
  for (const Key& key : keys_of(section)) {
    const std::string problems = problems_in(file_with(section, key.name, ""));
    const std::string expected = std::string(key.name) + ": missing; " + title_of(section) +
                                 " needs one, such as " + std::string(key.example);
    const bool is_reported = problems.find(expected) != std::string::npos;
    if (is_reported != key.required) findings += finding(key, "", problems);
  }
  return findings;
}

std::string wrong_bounds(Section section) {
  std::string findings;
  for (const Key& key : keys_of(section)) {
    if (key.type == Type::kTables || key.type == Type::kTable) continue;
    if (key.low != Key::kLowest) {
      findings += wrong_bound(section, key, key.low, true);
      const bool can_be_less =
          key.low > 0 || key.type == Type::kInteger || key.type == Type::kNumber;
      const std::int64_t less = key.low - 1;
      if (can_be_less) findings += wrong_bound(section, key, less, key.or_zero && less == 0);
    }
    if (key.high != Key::kHighest) {
      findings += wrong_bound(section, key, key.high, true);
      findings += wrong_bound(section, key, key.high + 1, false);
    }
    if (key.or_zero) findings += wrong_bound(section, key, 0, true);
  }
  return findings;
}

std::string wrong_choices(Section section) {
  std::string findings;
  for (const Key& key : keys_of(section)) {
    if (key.type != Type::kChoice) continue;
    const std::string unknown = "unknown " + std::string(key.name);
    for (const std::string_view choice : key.choices) {
      const std::string value = '"' + std::string(choice) + '"';
      const std::string problems = problems_in(file_with(section, key.name, value));
      if (problems.find(unknown) != std::string::npos) findings += finding(key, value, problems);
    }
    const std::string problems = problems_in(file_with(section, key.name, "\"none of them\""));
    if (problems.find(unknown) == std::string::npos) findings += finding(key, "", problems);
  }
  return findings;
}

}  // namespace sluice::config
