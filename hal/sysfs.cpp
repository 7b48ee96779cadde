#include "hal/sysfs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <system_error>

#include "hal/file_handle.hpp"
#include "hal/small_file.hpp"

namespace sluice::hal {
namespace {

template <typename Number>
Result<Number> number_in(const std::string& path,
                         std::optional<Number> (*parse)(std::string_view)) {
  const Result<std::string> text = read_small_file(path);
  if (!text) return text.error();
  const std::optional<Number> number = parse(trimmed(*text));
  if (!number) return Error{ErrorCode::kCorrupt, path + " does not hold a number"};
  return *number;
}

}  // namespace

std::vector<std::string> entries_of(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  while (!error && entry != std::filesystem::directory_iterator() && names.size() < kEntriesMax) {
    names.push_back(entry->path().filename());
    entry.increment(error);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::uint64_t> numbered(const std::string& folder, std::string_view prefix,
                                    std::string_view suffix) {
  std::vector<std::uint64_t> numbers;
  for (const std::string& name : entries_of(folder)) {
    std::string_view middle = name;
    if (!middle.starts_with(prefix) || !middle.ends_with(suffix) ||
        middle.size() <= prefix.size() + suffix.size()) {
      continue;
    }
    middle.remove_prefix(prefix.size());
    middle.remove_suffix(suffix.size());
    if (const std::optional<std::uint64_t> number = parse_count(middle)) {
      numbers.push_back(*number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::string attribute(const std::string& path) {
  const Result<std::string> text = read_small_file(path);
  return text ? std::string(trimmed(*text)) : std::string();
}

Result<std::int64_t> integer_attribute(const std::string& path) {
  return number_in<std::int64_t>(path, parse_integer);
}

Result<double> number_attribute(const std::string& path) {
  return number_in<double>(path, parse_double);
}

std::string link_end(const std::string& path) {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::read_symlink(path, error);
  return error ? std::string() : target.filename().string();
}

Result<> write_attribute(const std::string& path, std::string_view text) {
  const FileHandle file(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (!file.valid()) return system_error(path, errno);
  const ssize_t written = write(file.number(), text.data(), text.size());
  if (written < 0) return system_error(path, errno);
  if (static_cast<std::size_t>(written) != text.size()) {
    return Error{ErrorCode::kUnavailable, path + " took half of what was written"};
  }
  return Ok{};
}

}  // namespace sluice::hal
