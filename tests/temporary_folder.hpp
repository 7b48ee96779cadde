#pragma once
// A new, empty folder for one test, which takes it away again with all that is in it. In memory
// where the system has such a place: what is tested syncs after every commit, and a disk would be
// waited for.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "core/check.hpp"

namespace sluice {

class TemporaryFolder {
 public:
  TemporaryFolder() : path_("/dev/shm/sluice_XXXXXX") {
    if (mkdtemp(path_.data()) != nullptr) return;
    path_ = (std::filesystem::temp_directory_path() / "sluice_XXXXXX").string();
    CHECK(mkdtemp(path_.data()) != nullptr);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view name) const { return path_ + "/" + std::string(name); }

  // Makes or replaces the file `name` and the folders on the way to it; returns its path.
  std::string write(std::string_view name, std::string_view text) const {
    const std::string path = path_of(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  void remove(std::string_view name) const { std::filesystem::remove_all(path_of(name)); }

 private:
  std::string path_;
};

}  // namespace sluice
