#include "app/survey_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "hal/device_drivers.hpp"

namespace sluice::app {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kTextBytesMax = 128;

constexpr std::string_view kHead =
    R"(# Sluice: what this gateway measures, when it raises an alert, and where its readings go.
# Written by `sluice init` from what this board offers. Change and delete what you like:
# `sluice check` shows mistakes, and a running gateway reads the file again on
# `systemctl reload sluice`. config.md and drivers.md have all keys.

[gateway]
# Name at the collector; without it this machine's host name.
# id = "my-gateway"

[storage]
# When this is full the oldest readings go, and are declared missing. Alerts go last.
# quota = "256MiB"

[uplink]
broker = "mqtt://localhost:1883"
# enabled = true

# An alert belongs below its channel:
# [[channel.alert]]
# name = "hot"
# above = 80.0
# clear = 75.0

)";

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= kTextBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// Fit for a comment, whatever a device calls itself.
std::string printable(std::string_view text) {
  std::string line(text.substr(0, 2 * kTextBytesMax));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return line;
}

// A TOML text. REQUIRES: is_plain().
std::string quoted(std::string_view text) {
  std::string line = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') line += '\\';
    line += c;
  }
  return line + '"';
}

std::string name_of(std::string_view wish) {
  std::string name;
  for (const char c : wish.substr(0, kNameBytesMax)) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    name += upper ? static_cast<char>(c - 'A' + 'a') : fits ? c : '_';
  }
  return name;
}

class Writer {
 public:
  void add(const hal::Survey& survey) {
    text_ += "# " + std::string(survey.title) + ":\n";
    if (survey.findings.empty()) {
      text_ += "#   none" + (survey.hint.empty() ? "" : "; " + std::string(survey.hint)) + "\n";
    }
    for (const hal::Finding& finding : survey.findings) {
      text_ += "#   " + printable(finding.text) + "\n";
    }
    text_ += "\n";
    std::vector<const hal::Draft*> guesses;
    for (const hal::Finding& finding : survey.findings) {
      for (const hal::Draft& draft : finding.drafts) {
        if (!is_possible(draft)) continue;
        if (draft.guessed) {
          guesses.push_back(&draft);
        } else {
          add(draft);
        }
      }
    }
    if (guesses.empty()) return;
    text_ += "# Guessed by the place alone. Take the # away where it is that device:\n\n";
    for (const hal::Draft* guess : guesses) add(*guess);
  }
  std::string text() && { return std::move(text_); }

 private:
  static bool is_possible(const hal::Draft& draft) {
    const bool known = draft.driver == "host" || hal::find_device_driver(draft.driver) != nullptr;
    return known && std::all_of(draft.keys.begin(), draft.keys.end(), [](const auto& key) {
             const auto* const value = std::get_if<std::string>(&key.second);
             return value == nullptr || is_plain(*value);
           });
  }

  // Device of the channel, as far as it may have a worker of its own.
  static std::string bus_of(const hal::Draft& draft) {
    std::string bus = draft.driver;
    for (const auto& [key, value] : draft.keys) {
      const bool names = key == "chip" || key == "device" || key == "adapter";
      if (const auto* const text = std::get_if<std::string>(&value); text != nullptr && names) {
        bus += " " + *text;
      }
    }
    return bus;
  }

  bool has_room_for(const hal::Draft& draft) {
    if (channels_ == config::kChannelsMax) return false;
    if (draft.driver == "host") return true;
    const std::string bus = bus_of(draft);
    if (!buses_.contains(bus) && buses_.size() == hal::kBusesMax) return false;
    buses_.insert(bus);
    return true;
  }

  std::string unique(std::string_view wish) {
    const std::string name = name_of(wish);
    std::string one = name;
    for (int number = 2; !names_.insert(one).second; ++number) {
      const std::string end = "_" + std::to_string(number);
      one = name.substr(0, kNameBytesMax - end.size()) + end;
    }
    return one;
  }

  void add(const hal::Draft& draft) {
    const bool counts = !draft.guessed && has_room_for(draft);
    channels_ += counts ? 1U : 0U;
    const std::string begin = counts ? "" : "# ";
    text_ += begin + "[[channel]]\n";
    text_ += begin + "name = " + quoted(unique(draft.name)) + "\n";
    text_ += begin + "driver = " + quoted(draft.driver) + "\n";
    for (const auto& [key, value] : draft.keys) {
      const auto* const number = std::get_if<std::int64_t>(&value);
      text_ +=
          begin + key + " = " +
          (number != nullptr ? std::to_string(*number) : quoted(std::get<std::string>(value))) +
          "\n";
    }
    text_ += begin + "period = " + quoted(draft.period) + "\n";
    text_ += begin + "unit = " + quoted(draft.unit) + "\n\n";
  }

  std::string text_;
  std::set<std::string> names_;
  std::set<std::string> buses_;
  std::size_t channels_ = 0;
};

}  // namespace

hal::Survey survey_of_the_machine() {
  struct Row {
    const char* name;
    const char* quantity;
    const char* unit;
    const char* target;
  };
  constexpr std::array kRows{Row{"load", "load1", "1", nullptr},
                             Row{"memory_use", "memory_use", "%", nullptr},
                             Row{"disk_free", "disk_free", "B", "/"}};
  hal::Survey survey{.title = "This machine"};
  hal::Finding finding{.text = "load, memory and disk"};
  for (const Row& row : kRows) {
    hal::Draft draft{.name = row.name,
                     .unit = row.unit,
                     .period = "10s",
                     .driver = "host",
                     .keys = {{"quantity", row.quantity}}};
    if (row.target != nullptr) draft.keys.emplace_back("target", row.target);
    finding.drafts.push_back(std::move(draft));
  }
  survey.findings.push_back(std::move(finding));
  return survey;
}

std::string text_of(std::span<const hal::Survey> surveys) {
  Writer writer;
  for (const hal::Survey& survey : surveys) writer.add(survey);
  return std::move(writer).text();
}

std::string first_configuration(std::span<const hal::Survey> surveys) {
  return std::string(kHead) + text_of(surveys);
}

}  // namespace sluice::app
