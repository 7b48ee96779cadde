#pragma once
// A new, empty folder for one test, which takes it away again with all that is in it.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "core/check.hpp"

namespace sluice::hal {

class TemporaryFolder {
 public:
  TemporaryFolder() : path_(std::filesystem::temp_directory_path() / "sluice_hal_XXXXXX") {
    CHECK(mkdtemp(path_.data()) != nullptr);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

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

}  // namespace sluice::hal
