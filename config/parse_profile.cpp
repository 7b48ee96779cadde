#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/sections.hpp"
#include "core/lane.hpp"

namespace sluice::config {
namespace {

constexpr int kMinutesPerDay = 24 * 60;

std::optional<int> two_digits(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 2 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  return 10 * (text[0] - '0') + (text[1] - '0');
}

// "06:30" in minutes of the day; "24:00" is its end.
std::optional<int> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const std::optional<int> hour = two_digits(text.substr(0, 2));
  const std::optional<int> minute = two_digits(text.substr(3));
  if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > kMinutesPerDay) {
    return std::nullopt;
  }
  return *hour * 60 + *minute;
}

std::optional<uplink::DaySpan> span_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<int> from = minute_of(text.substr(0, dash));
  const std::optional<int> to = minute_of(text.substr(dash + 1));
  if (!from || !to || *from == *to || *from == kMinutesPerDay) return std::nullopt;
  return uplink::DaySpan{*from, *to};
}

void parse_hours(TableReader& reader, std::vector<uplink::DaySpan>& schedule) {
  std::vector<std::string> texts;
  if (!reader.texts("hours", texts)) return;
  for (const std::string& text : texts) {
    if (const std::optional<uplink::DaySpan> span = span_of(text)) {
      schedule.push_back(*span);
    } else {
      reader.report("hours", "\"" + text + "\" is not of the form \"22:00-06:00\"");
    }
  }
}

void parse_lanes(TableReader& reader, uplink::LinkProfile& profile) {
  std::vector<std::string> names;
  profile.lanes.fill(!reader.texts("lanes", names));
  profile.lanes[index_of(Lane::kAlert)] = true;
  for (const Lane lane : kLanes) {
    if (std::ranges::find(names, name_of(lane)) != names.end())
      profile.lanes[index_of(lane)] = true;
  }
}

uplink::LinkProfile parse_profile(TableReader& reader, UniqueNames& names) {
  uplink::LinkProfile profile;
  if (reader.text("name", profile.name)) names.claim(reader, "name", profile.name);
  reader.texts("interfaces", profile.interfaces);
  if (std::uint64_t bits = 0; reader.rate("rate", bits)) profile.bytes_per_second = bits / 8;
  reader.size("budget_per_day", profile.budget.per_day);
  reader.size("budget_per_month", profile.budget.per_month);
  parse_hours(reader, profile.schedule);
  parse_lanes(reader, profile);
  reader.reject_strangers();
  return profile;
}

}  // namespace

std::vector<uplink::LinkProfile> parse_profiles(TableReader& uplink) {
  UniqueNames names("profile");
  std::vector<uplink::LinkProfile> profiles;
  for (TableReader& reader : uplink.tables("profile", Section::kProfile)) {
    profiles.push_back(parse_profile(reader, names));
  }
  return profiles;
}

}  // namespace sluice::config
