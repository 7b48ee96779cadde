#include "hal/csv.hpp"

#include <string>
#include <vector>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(CsvFile) {
  TemporaryFolder folder;

  CsvFile open(std::string_view text) {
    return CsvFile::open(folder.write("a.csv", text)).value();
  }
  // The row after the header.
  std::vector<std::string> row_of(std::string_view text) {
    CsvFile csv = open(text);
    CHECK_TRUE(csv.next().value());
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < csv.column_count(); ++i) cells.emplace_back(csv.cell(i));
    return cells;
  }
  void check_complains(std::string_view text, const std::string& complaint) {
    CsvFile csv = open(text);
    const Result<bool> more = csv.next();
    CHECK_FALSE_TEXT(more.ok(), complaint.c_str());
    CHECK_TRUE(more.error().code == ErrorCode::kCorrupt);
    STRCMP_CONTAINS(complaint.c_str(), more.error().message.c_str());
  }
};

TEST(CsvFile, has_columns_with_names) {
  const CsvFile csv = open("time,\"inlet, west\",value\n");
  LONGS_EQUAL(3, csv.column_count());
  LONGS_EQUAL(1, csv.column("inlet, west").value());
}

TEST(CsvFile, does_not_find_a_column_that_is_not_there) {
  CHECK_TRUE(open("a,b\n").column("c").error().code == ErrorCode::kNotFound);
}

TEST(CsvFile, has_no_byte_order_mark_in_its_first_name) {
  LONGS_EQUAL(0, open("\xEF\xBB\xBFtime,value\n").column("time").value());
}

TEST(CsvFile, has_cells_of_all_kinds) {
  const std::vector<std::string> cells = row_of("a,b,c,d\n1,,\"say \"\"hi\"\", twice\",\"\"\n");
  CHECK_TRUE((cells == std::vector<std::string>{"1", "", "say \"hi\", twice", ""}));
}

TEST(CsvFile, may_have_line_ends_of_two_bytes) {
  CHECK_TRUE((row_of("a,b\r\n1,2\r\n") == std::vector<std::string>{"1", "2"}));
  LONGS_EQUAL(1, open("a,b\r\n").column("b").value());
}

TEST(CsvFile, may_end_without_a_line_end) {
  CHECK_TRUE((row_of("a,b\n1,2") == std::vector<std::string>{"1", "2"}));
}

TEST(CsvFile, may_have_empty_lines) {
  CHECK_TRUE((row_of("a,b\n\n\n1,2\n") == std::vector<std::string>{"1", "2"}));
}

TEST(CsvFile, ends_after_its_last_row) {
  CsvFile csv = open("a\n1\n\n");
  CHECK_TRUE(csv.next().value());
  CHECK_FALSE(csv.next().value());
  CHECK_FALSE(csv.next().value());
}

TEST(CsvFile, names_the_line_of_a_row_with_too_few_cells) {
  check_complains("a,b\n\n1\n", "a.csv:3: 1 cells where the header has 2");
}

TEST(CsvFile, refuses_a_row_with_too_many_cells) {
  check_complains("a,b\n1,2,\n", "3 cells where the header has 2");
}

TEST(CsvFile, refuses_a_quote_without_an_end) {
  check_complains("a,b\n1,\"2\n3,4\n", "a quoted cell has no end");
}

TEST(CsvFile, refuses_text_behind_a_quote) {
  check_complains("a,b\n\"1\"x,2\n", "text after a quoted cell");
}

TEST(CsvFile, refuses_a_line_beyond_the_bound) {
  check_complains("a\n" + std::string(kCsvLineMax, '1'), "longer than 64 KiB");
}

TEST(CsvFile, that_is_absent_is_not_found) {
  CHECK_TRUE(CsvFile::open(folder.path_of("b.csv")).error().code == ErrorCode::kNotFound);
}

TEST(CsvFile, without_a_header_is_refused) {
  CHECK_TRUE(CsvFile::open(folder.write("a.csv", "")).error().code == ErrorCode::kCorrupt);
}

TEST(CsvFile, that_is_a_folder_is_refused) {
  CHECK_FALSE(CsvFile::open(folder.path()).ok());
}
