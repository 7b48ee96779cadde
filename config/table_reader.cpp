#include "config/table_reader.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <variant>

#include "config/expectation.hpp"
#include "config/suggest.hpp"
#include "config/units.hpp"
#include "config/wording.hpp"
#include "core/result.hpp"

namespace sluice::config {
namespace {

// An integer will do where a number is expected.
std::optional<double> number_in(const Node& node) {
  if (const auto* number = std::get_if<double>(&node.value)) return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&node.value)) {
    return static_cast<double>(*whole);
  }
  return std::nullopt;
}

std::string unknown_choice(const Key& key, const std::string& text) {
  const std::string hint = suggestion(text, key.choices);
  return "unknown " + std::string(key.name) + " " + in_quotes(text) +
         (hint.empty() ? "; expected " + either(key.choices) : hint);
}

}  // namespace

TableReader::TableReader(const Table& root, ProblemList& problems)
    : TableReader(root, Position{}, {}, Section::kRoot, problems) {}

TableReader::TableReader(std::span<const Entry> table, Position position, std::string path,
                         Section section, ProblemList& problems)
    : table_(table),
      position_(position),
      path_(std::move(path)),
      sections_{section},
      problems_(problems) {}

const Entry* TableReader::find(std::string_view name) const {
  const auto entry = std::ranges::find(table_, name, &Entry::key);
  return entry == table_.end() ? nullptr : &*entry;
}

std::pair<Section, const Key*> TableReader::look_up(std::string_view name) const {
  for (const Section section : sections_) {
    const Key* key = find_key(section, name);
    if (key != nullptr) return {section, key};
  }
  CHECK(false);
}

const Key& TableReader::key(std::string_view name) const {
  return *look_up(name).second;
}

Position TableReader::position_of(std::string_view name) const {
  const Entry* entry = find(name);
  return entry == nullptr ? position_ : entry->node.position;
}

std::string TableReader::path_of(std::string_view name) const {
  return path_.empty() ? printable(name) : path_ + '.' + printable(name);
}

void TableReader::report(std::string_view name, std::string message) {
  problems_.add(position_of(name), path_of(name), std::move(message));
}

void TableReader::report_missing(std::string_view name) {
  const auto [section, wanted] = look_up(name);
  report(name,
         "missing; " + title_of(section) + " needs one, such as " + std::string(wanted->example));
}

void TableReader::report_type(std::string_view name, const Node& node) {
  const std::string path = path_of(name);
  problems_.add(node.position, path, mismatch(key(name), path, node));
}

template <typename T>
const T* TableReader::get(std::string_view name) {
  const Entry* entry = find(name);
  if (entry == nullptr) {
    if (key(name).required) report_missing(name);
    return nullptr;
  }
  const T* value = std::get_if<T>(&entry->node.value);
  if (value == nullptr) report_type(name, entry->node);
  return value;
}

bool TableReader::check_bounds(std::string_view name, std::int64_t value) {
  const Key& wanted = key(name);
  if ((value >= wanted.low && value <= wanted.high) || (wanted.or_zero && value == 0)) return true;
  report(name, found(find(name)->node) + " is out of bounds; expected " + limits_of(wanted));
  return false;
}

bool TableReader::check_length(std::string_view name, std::size_t bytes) {
  const Key& wanted = key(name);
  if (std::cmp_greater_equal(bytes, wanted.low) && std::cmp_less_equal(bytes, wanted.high)) {
    return true;
  }
  report(name, "a text of " + std::to_string(bytes) + " bytes; expected " + limits_of(wanted));
  return false;
}

bool TableReader::flag(std::string_view name, bool& into) {
  const bool* value = get<bool>(name);
  if (value == nullptr) return false;
  into = *value;
  return true;
}

bool TableReader::number(std::string_view name, double& into) {
  const Entry* entry = find(name);
  if (entry == nullptr) {
    if (key(name).required) report_missing(name);
    return false;
  }
  const std::optional<double> value = number_in(entry->node);
  if (!value || !std::isfinite(*value)) {
    report_type(name, entry->node);
    return false;
  }
  const Key& wanted = key(name);
  const bool too_low = wanted.low != Key::kLowest && *value < static_cast<double>(wanted.low);
  const bool too_high = wanted.high != Key::kHighest && *value > static_cast<double>(wanted.high);
  if (too_low || too_high) {
    report(name, found(entry->node) + " is out of bounds; expected " + limits_of(wanted));
    return false;
  }
  into = *value;
  return true;
}

std::optional<std::int64_t> TableReader::integer(std::string_view name) {
  const auto* value = get<std::int64_t>(name);
  if (value == nullptr || !check_bounds(name, *value)) return std::nullopt;
  return *value;
}

bool TableReader::duration(std::string_view name, Duration& into) {
  const auto* text = get<std::string>(name);
  if (text == nullptr) return false;
  const Result<Duration> value = parse_duration(*text);
  if (!value) {
    report(name, value.error().message);
    return false;
  }
  if (!check_bounds(name, to_ns(*value))) return false;
  into = *value;
  return true;
}

bool TableReader::take_quantity(std::string_view name,
                                Result<std::uint64_t> (*parse)(std::string_view),
                                std::uint64_t& into) {
  const auto* text = get<std::string>(name);
  if (text == nullptr) return false;
  const Result<std::uint64_t> value = parse(*text);
  if (!value) {
    report(name, value.error().message);
    return false;
  }
  // Beyond what the bounds are made of it is out of bounds as well.
  const auto bounded = static_cast<std::int64_t>(
      std::min(*value, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
  if (!check_bounds(name, bounded)) return false;
  into = *value;
  return true;
}

bool TableReader::size(std::string_view name, std::uint64_t& into) {
  return take_quantity(name, parse_size, into);
}

bool TableReader::rate(std::string_view name, std::uint64_t& bits_per_second) {
  return take_quantity(name, parse_rate, bits_per_second);
}

bool TableReader::texts(std::string_view name, std::vector<std::string>& into) {
  const auto* list = get<Array>(name);
  if (list == nullptr) return false;
  const Key& wanted = key(name);
  if (std::cmp_less(list->size(), wanted.low) || std::cmp_greater(list->size(), wanted.high)) {
    report(name, std::to_string(list->size()) + " entries; expected " + limits_of(wanted));
    return false;
  }
  std::vector<std::string> texts;
  for (const Node& node : *list) {
    const auto* text = std::get_if<std::string>(&node.value);
    if (text == nullptr) {
      report_type(name, node);
    } else if (!wanted.choices.empty() &&
               std::ranges::find(wanted.choices, *text) == wanted.choices.end()) {
      problems_.add(node.position, path_of(name), unknown_choice(wanted, *text));
    } else if (std::string fault = character_fault(Type::kText, *text); !fault.empty()) {
      problems_.add(node.position, path_of(name), std::move(fault));
    } else {
      texts.push_back(*text);
    }
  }
  if (texts.size() < list->size()) return false;
  into = std::move(texts);
  return true;
}

bool TableReader::text(std::string_view name, std::string& into) {
  const auto* value = get<std::string>(name);
  if (value == nullptr) return false;
  if (std::string fault = character_fault(key(name).type, *value); !fault.empty()) {
    report(name, std::move(fault));
    return false;
  }
  if (!check_length(name, value->size())) return false;
  into = *value;
  return true;
}

bool TableReader::path(std::string_view name, std::string& into) {
  std::string given;
  if (!text(name, given)) return false;
  const std::filesystem::path folder = std::filesystem::path(problems_.file_name()).parent_path();
  const std::string whole = (folder / given).lexically_normal().string();
  if (!check_length(name, whole.size())) return false;
  into = whole;
  return true;
}

std::optional<std::size_t> TableReader::choice(std::string_view name) {
  const auto* text = get<std::string>(name);
  if (text == nullptr) return std::nullopt;
  const std::span<const std::string_view> choices = key(name).choices;
  const auto chosen = std::ranges::find(choices, *text);
  if (chosen == choices.end()) {
    report(name, unknown_choice(key(name), *text));
    return std::nullopt;
  }
  return static_cast<std::size_t>(chosen - choices.begin());
}

std::optional<double> TableReader::limit(std::string_view name, const Node& node) {
  const std::optional<double> value = number_in(node);
  if (value && !std::isnan(*value)) return value;
  problems_.add(node.position, path_of(name), "expected a number or inf, found " + found(node));
  return std::nullopt;
}

bool TableReader::pair(std::string_view name, double& low, double& high) {
  const auto* list = get<Array>(name);
  if (list == nullptr) return false;
  if (list->size() != 2) {
    report_type(name, find(name)->node);
    return false;
  }
  const std::optional<double> first = limit(name, list->front());
  const std::optional<double> second = limit(name, list->back());
  if (!first || !second) return false;
  if (*first >= *second) {
    report(name, "the low end " + text_of(*first) + " is not below the high end " +
                     text_of(*second) + "; write [low, high]");
    return false;
  }
  low = *first;
  high = *second;
  return true;
}

TableReader TableReader::table(std::string_view name, Section section) {
  const Table* entries = get<Table>(name);
  return {entries == nullptr ? std::span<const Entry>() : *entries, position_of(name),
          path_of(name), section, problems_};
}

std::vector<TableReader> TableReader::tables(std::string_view name, Section section) {
  std::vector<TableReader> readers;
  const auto* list = get<Array>(name);
  if (list == nullptr) return readers;
  const Key& wanted = key(name);
  if (std::cmp_less(list->size(), wanted.low) || std::cmp_greater(list->size(), wanted.high)) {
    report(name, std::to_string(list->size()) + " entries; expected " + limits_of(wanted));
  }
  for (std::size_t i = 0; i < list->size() && std::cmp_less(i, wanted.high); ++i) {
    const Node& node = (*list)[i];
    const std::string path = path_of(name) + '[' + std::to_string(i + 1) + ']';
    if (const auto* entries = std::get_if<Table>(&node.value)) {
      readers.push_back(TableReader(*entries, node.position, path, section, problems_));
    } else {
      problems_.add(node.position, path, "expected a table such as {...}, found " + found(node));
    }
  }
  return readers;
}

std::string TableReader::stranger(const std::string& name,
                                  std::span<const Section> elsewhere) const {
  for (const Section section : elsewhere) {
    if (find_key(section, name) == nullptr) continue;
    return "a key of " + title_of(section) + ", not of " + title_of(sections_.back());
  }
  std::vector<std::string_view> known;
  std::string list;
  for (const Section section : sections_) {
    for (const Key& key : keys_of(section)) {
      known.push_back(key.name);
      list += (list.empty() ? "" : ", ") + std::string(key.name);
    }
  }
  const std::string hint = suggestion(name, known);
  return "unknown key" + (hint.empty() ? "; known here: " + list : hint);
}

void TableReader::reject_strangers(std::span<const Section> elsewhere) {
  std::size_t strangers = 0;
  for (const Entry& entry : table_) {
    const bool known = std::ranges::any_of(
        sections_, [&](Section section) { return find_key(section, entry.key) != nullptr; });
    if (known) continue;
    has_strangers_ = true;
    // Entries come by position: the problems of later ones would not be kept.
    if (++strangers > kProblemsMax) return;
    problems_.add(entry.position, path_of(entry.key), stranger(entry.key, elsewhere));
  }
}

std::string_view TableReader::only_one_of(std::span<const std::string_view> names,
                                          std::string_view noun) {
  std::string_view only;
  for (const std::string_view name : names) {
    if (!has(name)) continue;
    if (!only.empty()) {
      report(name, "a second " + std::string(noun) + " beside " + std::string(only) +
                       "; exactly one is taken");
      return {};
    }
    only = name;
  }
  if (only.empty() && !has_strangers_) {
    problems_.add(position_, path_, "no " + std::string(noun) + "; expected " + either(names));
  }
  return only;
}

}  // namespace sluice::config
