#include "config/unique_names.hpp"

#include "config/wording.hpp"

namespace sluice::config {

void UniqueNames::claim(TableReader& reader, std::string_view key, const std::string& name) {
  const auto [place, is_new] = lines_.try_emplace(name, reader.position_of(key).line);
  if (is_new) return;
  reader.report(key, in_quotes(name) + " is taken by the " + std::string(owner_) + " in line " +
                         std::to_string(place->second) + "; choose another");
}

std::vector<std::string_view> UniqueNames::all() const {
  std::vector<std::string_view> names;
  names.reserve(lines_.size());
  for (const auto& [name, line] : lines_) names.push_back(name);
  return names;
}

}  // namespace sluice::config
