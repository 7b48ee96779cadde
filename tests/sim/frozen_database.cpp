#include "tests/sim/frozen_database.hpp"

#include <filesystem>
#include <fstream>

namespace sluice::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRubbishBytesMax = 3'000;

std::string aside(const std::string& path) {
  return path + ".frozen";
}

std::string log_of(const std::string& path) {
  return path + "-wal";
}

}  // namespace

FrozenDatabase::FrozenDatabase(const std::string& path) : path_(path) {
  for (const std::string& file : {path_, log_of(path_)}) {
    if (fs::exists(file)) fs::copy_file(file, aside(file), fs::copy_options::overwrite_existing);
  }
}

void FrozenDatabase::thaw(bool torn, Random& random) const {
  for (const std::string& file : {path_, log_of(path_)}) {
    fs::remove(file);
    if (fs::exists(aside(file))) fs::rename(aside(file), file);
  }
  if (!torn || !fs::exists(log_of(path_))) return;
  std::ofstream log(log_of(path_), std::ios::binary | std::ios::app);
  for (std::uint64_t left = random.below(kRubbishBytesMax); left > 0; --left) {
    log.put(static_cast<char>(random.below(256)));
  }
}

}  // namespace sluice::sim
