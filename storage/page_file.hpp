#pragma once
// The pages of an SQLite file and of the log beside it, read without SQLite: of a database that it
// does not open any more. Nothing of the file is believed: whoever reads pages has to check what he
// takes from them. Single-threaded.

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <string>

#include "storage/new_database.hpp"

namespace sluice::storage {

using Page = std::array<std::byte, kPageBytes>;

// A page may be in both, and differ.
enum class Layer : std::uint8_t {
  kNewest,  // the log's, if the log has committed one, else the file's
  kFile,    // as if there were no log: it may be of another database
};

class PageFile {
 public:
  // A file that is missing is an empty one.
  explicit PageFile(const std::string& path);

  // Pages are numbered from 1 to this.
  std::uint32_t page_count() const { return page_count_; }
  std::uint64_t pages_read() const { return pages_read_; }
  bool has_log() const { return !log_pages_.empty(); }
  // False when it cannot be read.
  bool read(Layer layer, std::uint32_t number, Page& page);

 private:
  void read_log();

  std::ifstream file_;
  std::ifstream log_;
  std::uint32_t page_count_ = 0;
  std::uint64_t pages_read_ = 0;
  std::map<std::uint32_t, std::uint64_t> log_pages_;  // where in the log the newest of each is
};

}  // namespace sluice::storage
