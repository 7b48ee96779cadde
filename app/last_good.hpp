#pragma once
// A copy of the newest configuration that has proved itself, in the state directory. Main thread.

#include <optional>
#include <string>
#include <utility>

#include "config/parse.hpp"
#include "core/result.hpp"

namespace sluice::app {

class LastGood {
 public:
  // In the state directory.
  explicit LastGood(const std::string& state_directory)
      : path_(state_directory + "/last_good.toml") {}

  // Relative paths in it start at the folder of `asked_for`, as they did there. Nothing when there
  // is none that this program accepts.
  std::optional<config::Config> load(const std::string& asked_for) const;
  // Copies the file, durably, unless it is kept already. kNotFound when it is not the one with
  // `hash` any more, kUnavailable when it cannot be copied.
  Result<> keep(const std::string& file, const std::string& hash) const;

 private:
  std::string path_;
};

}  // namespace sluice::app
