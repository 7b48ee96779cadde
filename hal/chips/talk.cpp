#include "hal/chips/talk.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "hal/small_file.hpp"

namespace sluice::hal::talk {
namespace {

constexpr std::string_view kKeyPartings = ",; \t";
constexpr std::string_view kColumnPartings = ",;\t";
constexpr std::string_view kBlanks = " \t";

// Field `index` from 0 of those that any of `partings` part; nothing when there are fewer.
std::optional<std::string_view> field_of(std::string_view text, std::string_view partings,
                                         std::size_t index) {
  for (;; --index) {
    const std::size_t end = text.find_first_of(partings);
    if (index == 0) return text.substr(0, end);
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
}

// A number and at most letters or signs of a unit behind it, so that half a number with another
// one's end in it, such as "21.5.7" or "2-3", is none.
std::optional<double> number_with_unit(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit(stopped, static_cast<std::size_t>(end - stopped));
  if (unit.find_first_of("0123456789.+-") != std::string_view::npos) return std::nullopt;
  // "inf" and "nan" are words of from_chars(), too.
  if (text.find_first_of("0123456789") == std::string_view::npos) return std::nullopt;
  return number;
}

Heard judged(std::optional<std::string_view> text,
             std::optional<double> (*parse)(std::string_view)) {
  if (!text) return {.verdict = Verdict::kDamaged};
  if (text->empty()) return {.verdict = Verdict::kEmpty};
  if (const auto number = parse(*text)) return {.verdict = Verdict::kNumber, .value = *number};
  return {.verdict = Verdict::kDamaged};
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// What stands between $ and *; nothing when the checksum does not fit.
std::optional<std::string_view> body_of(std::string_view sentence) {
  if (sentence.size() < 4 || sentence[sentence.size() - 3] != '*') return std::nullopt;
  const std::string_view body = sentence.substr(1, sentence.size() - 4);
  unsigned sum = 0;
  for (const char c : body) sum ^= static_cast<unsigned char>(c);
  const int high = digit_of(sentence[sentence.size() - 2]);
  const int low = digit_of(sentence[sentence.size() - 1]);
  if (high < 0 || low < 0 || sum != static_cast<unsigned>(16 * high + low)) return std::nullopt;
  return body;
}

Heard hear_nmea(std::string_view line, const Wanted& wanted) {
  // Other protocols of receivers share the line, and binary ones end in the middle of it.
  if (!line.starts_with('$') && !line.starts_with('!')) return {};
  const auto body = body_of(line);
  if (!body) return {.verdict = Verdict::kDamaged};
  const std::string_view name = *field_of(*body, ",", 0);
  const bool without_talker = wanted.name.size() == 3 && name.size() == 5;
  if ((without_talker ? name.substr(2) : name) != wanted.name) return {};
  return judged(field_of(*body, ",", wanted.field), parse_double);
}

Heard hear_key(std::string_view line, const Wanted& wanted) {
  std::size_t place = 0;
  while ((place = line.find(wanted.name, place)) != std::string_view::npos) {
    const bool begins = place == 0 || kKeyPartings.find(line[place - 1]) != std::string_view::npos;
    std::string_view rest = line.substr(place + wanted.name.size());
    place += wanted.name.size();
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
    if (!begins || (!rest.starts_with('=') && !rest.starts_with(':'))) continue;
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
    return judged(field_of(rest, kKeyPartings, 0), number_with_unit);
  }
  return {};
}

Heard hear_field(std::string_view line, const Wanted& wanted) {
  line = trimmed(line);
  if (line.find_first_of(kColumnPartings) != std::string_view::npos) {
    const auto field = field_of(line, kColumnPartings, wanted.field - 1);
    return judged(field ? std::optional(trimmed(*field)) : std::nullopt, number_with_unit);
  }
  std::string_view word;
  for (std::size_t i = 0; i < wanted.field; ++i) word = take_word(line);
  return judged(word.empty() ? std::nullopt : std::optional(word), number_with_unit);
}

}  // namespace

Heard hear(std::string_view line, const Wanted& wanted) {
  switch (wanted.format) {
    case Format::kNmea:
      return hear_nmea(line, wanted);
    case Format::kKeyValue:
      return hear_key(line, wanted);
    case Format::kFields:
      return hear_field(line, wanted);
  }
  return {};
}

}  // namespace sluice::hal::talk
