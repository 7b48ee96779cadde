#pragma once
// Reads a CSV file with a header line row by row, in memory that does not grow with the file. Cells
// are separated by commas and may be quoted, with "" for a quote inside; a cell ends on its line.

#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sluice::hal {

// Longest line, in bytes; a longer one is not of a file of readings.
inline constexpr std::size_t kCsvLineMax = 64 * 1024;

class CsvFile {
 public:
  // Opens the file and reads its header line. kNotFound without the file, else as next().
  static Result<CsvFile> open(const std::string& path);

  // The number of the column headed `name`, kNotFound if there is none.
  Result<std::size_t> column(std::string_view name) const;
  std::size_t column_count() const { return column_names_.size(); }
  const std::vector<std::string>& columns() const { return column_names_; }

  // Goes to the next row that is not empty; false at the end of the file. kCorrupt for a broken
  // quote, a line that is too long, or a row with more or fewer cells than the header.
  Result<bool> next();

  // REQUIRES: next() was true, column < column_count(). Valid until the next next().
  std::string_view cell(std::size_t column) const;

  // kCorrupt, about the current row: "file:line: complaint".
  Error complain(const std::string& complaint) const;

 private:
  explicit CsvFile(const std::string& path);
  Result<bool> read_line();
  Result<Ok> split_line();

  std::string path_;
  std::ifstream file_;
  std::vector<char> line_buffer_;
  std::string_view line_;  // in line_buffer_
  std::size_t line_number_ = 0;
  std::vector<std::string> column_names_;
  std::vector<std::string> cells_;  // the first cell_count_ are of the current row
  std::size_t cell_count_ = 0;
};

}  // namespace sluice::hal
