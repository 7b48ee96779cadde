#include "uplink/state_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace sluice::uplink {
namespace {

constexpr std::size_t kBytesMax = 64 * 1024;

bool sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags);
  if (file < 0) return false;
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  return synced;
}

}  // namespace

std::optional<std::string> read_state_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || text.size() > kBytesMax) return std::nullopt;
  return text;
}

bool write_state_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::trunc | std::ios::binary);
  file << text;
  file.close();
  if (file.fail() || !sync(fresh, 0) || std::rename(fresh.c_str(), path.c_str()) != 0) return false;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return sync(folder.empty() ? "." : folder, O_DIRECTORY);
}

}  // namespace sluice::uplink
