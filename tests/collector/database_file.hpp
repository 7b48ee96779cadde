#pragma once
// A folder of its own for each test's database, removed with everything in it.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace sluice::collector {

class DatabaseFile {
 public:
  DatabaseFile() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  DatabaseFile(const DatabaseFile&) = delete;
  DatabaseFile& operator=(const DatabaseFile&) = delete;
  ~DatabaseFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string path() const { return folder_ + "/collector.db"; }
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace sluice::collector
