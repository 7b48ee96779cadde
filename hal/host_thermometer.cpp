#include "hal/host_thermometer.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

// Entries of one folder that are looked at; a large server has some ten.
constexpr std::size_t kEntriesMax = 256;

// The numbers N of all entries "<prefix>N<suffix>" of `folder`, in rising order.
std::vector<std::uint64_t> numbered(const std::string& folder, std::string_view prefix,
                                    std::string_view suffix) {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  while (!error && entry != std::filesystem::directory_iterator() && numbers.size() < kEntriesMax) {
    const std::string name = entry->path().filename();
    std::string_view middle = name;
    if (middle.starts_with(prefix) && middle.ends_with(suffix) &&
        middle.size() > prefix.size() + suffix.size()) {
      middle.remove_prefix(prefix.size());
      middle.remove_suffix(suffix.size());
      if (const std::optional<std::uint64_t> number = parse_count(middle)) {
        numbers.push_back(*number);
      }
    }
    entry.increment(error);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// The one line of a sysfs attribute; empty when there is none.
std::string attribute(const std::string& path) {
  const Result<std::string> text = read_small_file(path);
  return text ? std::string(trimmed(*text)) : std::string();
}

Result<double> read_celsius(const std::string& path) {
  const Result<std::string> text = read_small_file(path);
  if (!text) return text.error();
  // Both kinds of file hold thousandths of a degree.
  const std::optional<std::int64_t> thousandths = parse_integer(trimmed(*text));
  if (!thousandths) return Error{ErrorCode::kCorrupt, path + " does not hold a number"};
  return static_cast<double>(*thousandths) / 1000.0;
}

}  // namespace

Thermometer::Thermometer(std::string sysfs, std::string target)
    : sysfs_(std::move(sysfs)), target_(std::move(target)) {}

Result<double> Thermometer::measure() {
  if (path_.empty()) {
    Result<std::string> found = find();
    if (!found) return found.error();
    path_ = *std::move(found);
  }
  Result<double> celsius = read_celsius(path_);
  if (!celsius && celsius.error().code == ErrorCode::kNotFound) path_.clear();
  return celsius;
}

Result<std::string> Thermometer::find() const {
  const bool any = target_.empty();
  const std::string zones = sysfs_ + "/class/thermal";
  for (const std::uint64_t zone : numbered(zones, "thermal_zone", "")) {
    const std::string folder = zones + "/thermal_zone" + std::to_string(zone);
    const std::string path = folder + "/temp";
    const bool named = target_ == std::to_string(zone) || target_ == attribute(folder + "/type");
    if (any ? read_celsius(path).ok() : named) return path;
  }
  const std::string chips = sysfs_ + "/class/hwmon";
  for (const std::uint64_t chip : numbered(chips, "hwmon", "")) {
    const std::string folder = chips + "/hwmon" + std::to_string(chip);
    const std::string name = attribute(folder + "/name");
    for (const std::uint64_t sensor : numbered(folder, "temp", "_input")) {
      const std::string stem = "temp" + std::to_string(sensor);
      std::string label = attribute(folder + "/" + stem + "_label");
      if (label.empty()) label = stem;
      const std::string path = folder + "/" + stem + "_input";
      if (any ? read_celsius(path).ok() : target_ == name + "/" + label) return path;
    }
  }
  return Error{ErrorCode::kNotFound,
               any ? "this machine shows no temperature in " + sysfs_ +
                         "; remove the channel or name a sensor"
                   : "no temperature sensor \"" + target_ + "\" in " + sysfs_};
}

}  // namespace sluice::hal
