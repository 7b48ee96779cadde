#pragma once
// Walks one table of the file: each getter takes one key, holds its value to the key table
// (config/keys.hpp), and reports what is wrong with it. So whoever reads a section only states
// where values go, and what they have to do with each other.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/document.hpp"
#include "config/keys.hpp"
#include "config/problem_list.hpp"
#include "core/check.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::config {

class TableReader {
 public:
  // The whole document. `root` and `problems` outlive this and every reader that comes from it.
  TableReader(const Table& root, ProblemList& problems);

  // The keys of `section` may stand in this table too.
  void also(Section section) { sections_.push_back(section); }

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Where the value stands; the table itself without one.
  Position position_of(std::string_view name) const;

  // True when `into` was set. Otherwise it is as it was: the key is absent (reported if it is a
  // required one), or its value is wrong (reported). REQUIRES: a key of a section of this table,
  // of the type that the getter is named for.
  bool flag(std::string_view name, bool& into);
  bool number(std::string_view name, double& into);
  bool duration(std::string_view name, Duration& into);
  bool size(std::string_view name, std::uint64_t& into);
  bool rate(std::string_view name, std::uint64_t& bits_per_second);
  bool pair(std::string_view name, double& low, double& high);
  // Text, ids, names and addresses.
  bool text(std::string_view name, std::string& into);
  bool texts(std::string_view name, std::vector<std::string>& into);
  // A relative path starts at the folder of the file.
  bool path(std::string_view name, std::string& into);
  // REQUIRES: the key's bounds fit the type.
  template <typename Integer>
  bool integer(std::string_view name, Integer& into) {
    const std::optional<std::int64_t> value = integer(name);
    if (!value) return false;
    CHECK(std::in_range<Integer>(*value));
    into = static_cast<Integer>(*value);
    return true;
  }
  // REQUIRES: the key's choices are in the order of the enumeration, which counts from 0.
  template <typename Enumeration>
  bool choice(std::string_view name, Enumeration& into) {
    const std::optional<std::size_t> index = choice(name);
    if (index) into = static_cast<Enumeration>(*index);
    return index.has_value();
  }

  // A table without entries when there is none.
  TableReader table(std::string_view name, Section section);
  std::vector<TableReader> tables(std::string_view name, Section section);

  // Reports every key that does not belong here; one that stands in `elsewhere` with that.
  void reject_strangers(std::span<const Section> elsewhere = {});
  // The one of `names` that is there. Otherwise reports that there is none (unless a stranger may
  // be a misspelt one) or more, and returns an empty text. REQUIRES: reject_strangers() before.
  std::string_view only_one_of(std::span<const std::string_view> names, std::string_view noun);

  // A mistake that only the caller can see, at position_of(name).
  void report(std::string_view name, std::string message);

 private:
  TableReader(std::span<const Entry> table, Position position, std::string path, Section section,
              ProblemList& problems);

  const Entry* find(std::string_view name) const;
  std::pair<Section, const Key*> look_up(std::string_view name) const;
  const Key& key(std::string_view name) const;
  // The key's value if it is of the type, after reporting if it is not.
  template <typename T>
  const T* get(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name);
  std::optional<std::size_t> choice(std::string_view name);
  std::optional<double> limit(std::string_view name, const Node& node);
  // False, after reporting, when `value` is out of the key's bounds.
  bool check_bounds(std::string_view name, std::int64_t value);
  bool check_length(std::string_view name, std::size_t bytes);
  bool take_quantity(std::string_view name, Result<std::uint64_t> (*parse)(std::string_view),
                     std::uint64_t& into);

  void report_missing(std::string_view name);
  void report_type(std::string_view name, const Node& node);
  // What to say of a key that does not belong here.
  std::string stranger(const std::string& name, std::span<const Section> elsewhere) const;
  std::string path_of(std::string_view name) const;

  std::span<const Entry> table_;
  Position position_;
  std::string path_;  // empty for the document
  std::vector<Section> sections_;
  bool has_strangers_ = false;
  ProblemList& problems_;
};

}  // namespace sluice::config
