#pragma once
// Names that may be given once in a file, and where that was.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/table_reader.hpp"

namespace sluice::config {

class UniqueNames {
 public:
  // `owner` is what such a name stands for: "channel".
  explicit UniqueNames(std::string_view owner) : owner_(owner) {}

  // Takes the name that stands at `key`, or reports that it is taken.
  void claim(TableReader& reader, std::string_view key, const std::string& name);

  bool contains(const std::string& name) const { return lines_.contains(name); }
  std::vector<std::string_view> all() const;  // valid until the next claim

 private:
  std::string_view owner_;
  std::map<std::string, std::uint32_t, std::less<>> lines_;
};

}  // namespace sluice::config
