#include "hal/small_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <system_error>

#include "hal/file_handle.hpp"

namespace sluice::hal {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

}  // namespace

Error system_error(const std::string& path, int number) {
  ErrorCode code = ErrorCode::kUnavailable;
  if (number == ENOENT || number == ENOTDIR || number == ENODEV || number == ENXIO) {
    code = ErrorCode::kNotFound;
  }
  if (number == ETIMEDOUT) code = ErrorCode::kTimeout;
  return {code, path + ": " + std::generic_category().message(number)};
}

Result<std::string> read_small_file(const std::string& path) {
  Result<std::string> text = read_start_of_file(path, kSmallFileMax + 1);
  if (text && text->size() > kSmallFileMax) {
    return Error{ErrorCode::kFull, path + " is larger than expected"};
  }
  return text;
}

Result<std::string> read_start_of_file(const std::string& path, std::size_t bytes_max) {
  const FileHandle file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return system_error(path, errno);
  std::string text(bytes_max, '\0');
  std::size_t size = 0;
  while (size < bytes_max) {
    const ssize_t count = read(file.number(), text.data() + size, bytes_max - size);
    if (count < 0 && errno == EINTR) continue;
    // Of a read, unlike of an open, ENXIO is an I2C chip that did not answer this once.
    if (count < 0) return system_error(path, errno == ENXIO ? EIO : errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string_view take_word(std::string_view& text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(first);
  const std::string_view word = text.substr(0, text.find_first_of(kBlank));
  text.remove_prefix(word.size());
  return word;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::optional<double> parse_double(std::string_view text) {
  const std::optional<double> number = parse<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  return parse<std::int64_t>(text);
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  return parse<std::uint64_t>(text);
}

std::optional<double> first_number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_inside = [&](char c) {
    return is_digit(c) || c == '.' || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at > 0 && is_inside(text[at - 1])) continue;
    std::size_t begin = at;
    if (text[begin] == '-' || text[begin] == '+') ++begin;
    if (begin == text.size() || !is_digit(text[begin])) continue;
    const std::string_view rest = text.substr(begin);
    if (rest.starts_with("0x") || rest.starts_with("0X")) continue;
    double number = 0.0;
    const char* const end = rest.data() + rest.size();
    const auto [stopped, error] = std::from_chars(rest.data(), end, number);
    if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
    // A second dot makes it no number: an address or a version.
    if (stopped != end && *stopped == '.' && stopped + 1 != end && is_digit(stopped[1])) continue;
    return text[at] == '-' ? -number : number;
  }
  return std::nullopt;
}

}  // namespace sluice::hal
