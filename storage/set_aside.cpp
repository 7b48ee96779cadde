#include "storage/set_aside.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "storage/durable_file.hpp"

namespace sluice::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnds[] = {"-wal", ""};  // the log first: without it the database is none
constexpr std::string_view kDamaged = ".damaged-";
constexpr const char* kSalvaged = ".salvaged";
constexpr const char* kForeign = ".foreign";

std::string numbered(const std::string& path, std::uint64_t number) {
  return path + std::string(kDamaged) + std::to_string(number);
}

bool exists(const std::string& path) {
  std::error_code unknown;
  return fs::exists(fs::symlink_status(path, unknown));
}

// Of a database and its log.
std::uintmax_t bytes_of(const std::string& path) {
  std::uintmax_t bytes = 0;
  for (const char* const end : kEnds) {
    std::error_code absent;
    const std::uintmax_t size = fs::file_size(path + end, absent);
    if (!absent) bytes += size;
  }
  return bytes;
}

bool remove(const std::string& path) {
  std::error_code left;
  return fs::remove(path, left);
}

// Puts a database with its log in the place of an earlier one.
Result<> replace(const std::string& earlier, const std::string& path) {
  for (const char* const end : kEnds) {
    if (!exists(path + end)) {
      remove(earlier + end);
    } else if (Result<> kept = rename_durably(path + end, earlier + end); !kept.ok()) {
      return kept;
    }
  }
  return sync_folder_of(path);
}

// Ascending. A log without a database counts: it has rows too.
std::vector<std::uint64_t> numbers_set_aside(const std::string& path) {
  const std::string prefix = fs::path(path).filename().string() + std::string(kDamaged);
  std::vector<std::uint64_t> numbers;
  std::error_code failure;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(path).parent_path(), failure)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const char* const begin = name.data() + prefix.size();
    const char* const end = name.data() + name.size();
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(begin, end, number);
    const std::string_view ending(rest, static_cast<std::size_t>(end - rest));
    if (error == std::errc{} && (ending.empty() || ending == "-wal")) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace

Result<> set_aside(const std::string& path) {
  std::vector<std::uint64_t> numbers = numbers_set_aside(path);
  // The newest is this one if a power cut came between its log and itself.
  const bool begun =
      !numbers.empty() && !exists(numbered(path, numbers.back())) && !exists(path + "-wal");
  if (!begun) numbers.push_back(numbers.empty() ? 1 : numbers.back() + 1);
  for (const char* const end : kEnds) {
    if (!exists(path + end)) continue;
    const std::string to = numbered(path, numbers.back()) + end;
    if (Result<> renamed = rename_durably(path + end, to); !renamed.ok()) return renamed;
  }
  remove(path + "-shm");
  while (numbers.size() > kSetAsideMax) {
    const auto smallest =
        std::min_element(numbers.begin(), numbers.end(), [&](std::uint64_t a, std::uint64_t b) {
          return bytes_of(numbered(path, a)) < bytes_of(numbered(path, b));
        });
    for (const char* const end : kEnds) remove(numbered(path, *smallest) + end);
    numbers.erase(smallest);
  }
  return Ok{};
}

std::vector<std::string> databases_set_aside(const std::string& path) {
  std::vector<std::string> databases;
  for (const std::uint64_t number : numbers_set_aside(path)) {
    databases.push_back(numbered(path, number));
  }
  return databases;
}

Result<> dispose(const std::string& path, const std::string& salvaged, std::uint64_t bytes_max) {
  if (bytes_of(salvaged) <= bytes_max) return replace(path + kSalvaged, salvaged);
  remove_salvaged(path);
  for (const char* const end : kEnds) remove(salvaged + end);
  return sync_folder_of(path);
}

Result<> keep_foreign(const std::string& path, const std::string& salvaged) {
  return replace(path + kForeign, salvaged);
}

std::uint64_t bytes_set_aside(const std::string& path) {
  std::uint64_t bytes = bytes_of(path + kSalvaged);
  for (const std::string& damaged : databases_set_aside(path)) bytes += bytes_of(damaged);
  return bytes;
}

bool remove_salvaged(const std::string& path) {
  bool removed = false;
  for (const char* const end : kEnds) removed = remove(path + kSalvaged + end) || removed;
  return removed;
}

}  // namespace sluice::storage
