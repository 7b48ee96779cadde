#include "hal/csv.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace sluice::hal {

Result<CsvFile> CsvFile::open(const std::string& path) {
  CsvFile csv(path);
  if (!csv.file_) return Error{ErrorCode::kNotFound, path + " cannot be opened"};
  const Result<bool> has_header = csv.read_line();
  if (!has_header) return has_header.error();
  if (!*has_header) return csv.complain("the file is empty, a header line was expected");
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (csv.line_.starts_with(kByteOrderMark)) csv.line_.remove_prefix(kByteOrderMark.size());
  const Result<Ok> split = csv.split_line();
  if (!split) return split.error();
  csv.column_names_ = csv.cells_;
  return csv;
}

CsvFile::CsvFile(const std::string& path) : path_(path), file_(path), line_buffer_(kCsvLineMax) {}

Result<std::size_t> CsvFile::column(std::string_view name) const {
  const auto found = std::find(column_names_.begin(), column_names_.end(), name);
  if (found != column_names_.end()) {
    return static_cast<std::size_t>(found - column_names_.begin());
  }
  return Error{ErrorCode::kNotFound, path_ + " has no column \"" + std::string(name) + "\""};
}

Result<bool> CsvFile::next() {
  do {
    Result<bool> more = read_line();
    if (!more || !*more) return more;
  } while (line_.empty());
  const Result<Ok> split = split_line();
  if (!split) return split.error();
  if (cell_count_ != column_names_.size()) {
    return complain(std::to_string(cell_count_) + " cells where the header has " +
                    std::to_string(column_names_.size()));
  }
  return true;
}

std::string_view CsvFile::cell(std::size_t column) const {
  CHECK(column < cell_count_);
  return cells_[column];
}

Error CsvFile::complain(const std::string& complaint) const {
  return {ErrorCode::kCorrupt, path_ + ":" + std::to_string(line_number_) + ": " + complaint};
}

// Makes line_ the next line without its end; false at the end of the file.
Result<bool> CsvFile::read_line() {
  ++line_number_;
  file_.getline(line_buffer_.data(), static_cast<std::streamsize>(line_buffer_.size()));
  const auto count = static_cast<std::size_t>(file_.gcount());
  if (file_.bad()) return complain("the file cannot be read");
  if (file_.fail() && file_.eof()) return false;
  if (file_.fail()) return complain("the line is longer than 64 KiB");
  // The count includes the line end, except at the end of a file that does not end its last line.
  line_ = std::string_view(line_buffer_.data(), file_.eof() ? count : count - 1);
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  return true;
}

// Fills cells_ from line_.
Result<Ok> CsvFile::split_line() {
  cell_count_ = 0;
  std::string_view rest = line_;
  for (;;) {
    if (cell_count_ == cells_.size()) cells_.emplace_back();
    std::string& cell = cells_[cell_count_++];
    cell.clear();
    if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      for (;;) {
        const std::size_t quote = rest.find('"');
        if (quote == std::string_view::npos) return complain("a quoted cell has no end");
        cell += rest.substr(0, quote);
        rest.remove_prefix(quote + 1);
        if (!rest.starts_with('"')) break;
        cell += '"';
        rest.remove_prefix(1);
      }
      if (!rest.empty() && rest.front() != ',') return complain("text after a quoted cell");
    } else {
      const std::size_t comma = rest.find(',');
      cell = rest.substr(0, comma);
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma);
    }
    if (rest.empty()) return Ok{};
    rest.remove_prefix(1);
  }
}

}  // namespace sluice::hal
