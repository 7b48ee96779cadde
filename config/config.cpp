#include "config/config.hpp"

namespace sluice::config {

std::string database_path(const std::string& state_directory) {
  return state_directory + "/sluice.db";
}

}  // namespace sluice::config
