#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "config/wording.hpp"
#include "core/check.hpp"

namespace sluice::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::uint64_t kMicro = 1'000;
constexpr std::uint64_t kMilli = 1'000 * kMicro;
constexpr std::uint64_t kSecond = 1'000 * kMilli;
constexpr std::array<Unit, 7> kDurationUnits{{{"d", 86'400 * kSecond},
                                              {"h", 3'600 * kSecond},
                                              {"m", 60 * kSecond},
                                              {"s", kSecond},
                                              {"ms", kMilli},
                                              {"us", kMicro},
                                              {"ns", 1}}};

constexpr std::uint64_t kKibi = 1'024;
constexpr std::uint64_t kKilo = 1'000;
constexpr std::array<Unit, 9> kSizeUnits{{{"TiB", kKibi* kKibi* kKibi* kKibi},
                                          {"TB", kKilo* kKilo* kKilo* kKilo},
                                          {"GiB", kKibi* kKibi* kKibi},
                                          {"GB", kKilo* kKilo* kKilo},
                                          {"MiB", kKibi* kKibi},
                                          {"MB", kKilo* kKilo},
                                          {"KiB", kKibi},
                                          {"kB", kKilo},
                                          {"B", 1}}};
constexpr std::array<Unit, 4> kRateUnits{
    {{"Gbit/s", kKilo* kKilo* kKilo}, {"Mbit/s", kKilo* kKilo}, {"kbit/s", kKilo}, {"bit/s", 1}}};

enum class Fault { kSyntax, kTooLarge };

// A whole number and its unit, taken off the front of a text.
struct Part {
  std::uint64_t value = 0;  // in the smallest unit
  std::size_t unit = 0;     // index
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::variant<Part, Fault> take_part(std::string_view& text, std::span<const Unit> units) {
  std::uint64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure == std::errc::result_out_of_range) return Fault::kTooLarge;
  if (failure != std::errc()) return Fault::kSyntax;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));

  const auto name_end = std::find_if(text.begin(), text.end(), is_digit);
  const auto name = text.substr(0, static_cast<std::size_t>(name_end - text.begin()));
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [&](const Unit& candidate) { return candidate.name == name; });
  if (unit == units.end()) return Fault::kSyntax;
  text.remove_prefix(name.size());
  if (count > std::numeric_limits<std::uint64_t>::max() / unit->factor) return Fault::kTooLarge;
  return Part{.value = count * unit->factor,
              .unit = static_cast<std::size_t>(unit - units.begin())};
}

std::variant<std::uint64_t, Fault> parse_one(std::string_view text, std::span<const Unit> units) {
  const std::variant<Part, Fault> part = take_part(text, units);
  if (const auto* fault = std::get_if<Fault>(&part)) return *fault;
  if (!text.empty()) return Fault::kSyntax;
  return std::get<Part>(part).value;
}

Result<std::uint64_t> result_of(const std::variant<std::uint64_t, Fault>& outcome,
                                std::string_view text, std::string_view what,
                                std::string_view expected) {
  if (const auto* value = std::get_if<std::uint64_t>(&outcome)) return *value;
  const std::string is =
      std::get<Fault>(outcome) == Fault::kSyntax ? " is not " : " is too large for ";
  return Error{ErrorCode::kInvalid,
               in_quotes(text) + is + std::string(what) + "; expected " + std::string(expected)};
}

std::variant<std::uint64_t, Fault> sum_of_parts(std::string_view text) {
  constexpr auto kMax = static_cast<std::uint64_t>(Duration::max().count());
  std::uint64_t total = 0;
  std::optional<std::size_t> last_unit;
  do {
    const std::variant<Part, Fault> outcome = take_part(text, kDurationUnits);
    if (const auto* fault = std::get_if<Fault>(&outcome)) return *fault;
    const Part& part = std::get<Part>(outcome);
    if (last_unit && part.unit <= *last_unit) return Fault::kSyntax;
    if (part.value > kMax - total) return Fault::kTooLarge;
    total += part.value;
    last_unit = part.unit;
  } while (!text.empty());
  return total;
}

// The shortest. Units come in falling order: the first that divides gives the smallest number.
std::string text_of(std::uint64_t value, std::span<const Unit> units) {
  const auto unit = std::find_if(units.begin(), units.end() - 1, [&](const Unit& candidate) {
    return value >= candidate.factor && value % candidate.factor == 0;
  });
  return std::to_string(value / unit->factor) + std::string(unit->name);
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const Result<std::uint64_t> ns =
      result_of(sum_of_parts(text), text, "a duration",
                "whole numbers in d, h, m, s, ms, us or ns, such as \"250ms\" or \"1h30m\"");
  if (!ns) return ns.error();
  return Duration(static_cast<Duration::rep>(*ns));
}

Result<std::uint64_t> parse_size(std::string_view text) {
  return result_of(parse_one(text, kSizeUnits), text, "a size",
                   "a whole number in B, kB, KiB, MB, MiB, GB, GiB, TB or TiB, such as \"512MiB\"");
}

Result<std::uint64_t> parse_rate(std::string_view text) {
  return result_of(parse_one(text, kRateUnits), text, "a rate",
                   "a whole number in bit/s, kbit/s, Mbit/s or Gbit/s, such as \"64kbit/s\"");
}

std::string text_of_duration(Duration duration) {
  CHECK(duration >= Duration::zero());
  if (duration == Duration::zero()) return "0s";
  auto rest = static_cast<std::uint64_t>(duration.count());
  std::string text;
  for (const Unit& unit : kDurationUnits) {
    if (rest >= unit.factor) text += std::to_string(rest / unit.factor) + std::string(unit.name);
    rest %= unit.factor;
  }
  return text;
}

std::string text_of_size(std::uint64_t bytes) {
  return text_of(bytes, kSizeUnits);
}

std::string text_of_rate(std::uint64_t bits_per_second) {
  return text_of(bits_per_second, kRateUnits);
}

}  // namespace sluice::config
