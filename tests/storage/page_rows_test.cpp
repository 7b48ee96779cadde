#include "storage/page_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "storage/new_database.hpp"
#include "storage/sqlite.hpp"
#include "tests/sim/random.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

constexpr const char* kLayout =
    "PRAGMA page_size = 1024; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA secure_delete = FAST;"
    "CREATE TABLE numbered (id INTEGER PRIMARY KEY, a, b);"
    "CREATE TABLE keyed (a, b, c, PRIMARY KEY (a, b)) WITHOUT ROWID;";

std::string text_of(const Value& value) {
  struct Say {
    std::string operator()(std::nullptr_t) const { return "null"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return std::to_string(number); }
    std::string operator()(std::string_view text) const { return "'" + std::string(text) + "'"; }
    std::string operator()(std::span<const std::byte> blob) const {
      std::string text = "x'";
      for (const std::byte byte : blob) text += std::to_string(std::to_integer<int>(byte)) + ".";
      return text + "'";
    }
  };
  return std::visit(Say{}, value);
}

}  // namespace

TEST_GROUP(PageRows) {
  TemporaryFolder folder;
  std::string path = folder.path_of("test.db");

  void make(const char* script) {
    Result<Connection> connection = Connection::open(path, Access::kWrite);
    CHECK_TRUE(connection.ok() && connection->execute(kLayout).ok());
    CHECK_TRUE(connection->execute(script).ok());
  }
  // All rows of the file, those without a rowid too, as texts.
  std::vector<std::string> rows() {
    std::vector<std::string> rows;
    PageFile file(path);
    for (std::uint32_t number = 1; number <= file.page_count(); ++number) {
      for_each_row(file, Layer::kNewest, number, [&](const PageRow& row) {
        std::string text = row.has_rowid ? std::to_string(row.rowid) + ":" : "";
        for (const Value& column : row.columns) text += " " + text_of(column);
        rows.push_back(text);
      });
    }
    return rows;
  }
  std::size_t bytes_in_rows() {
    std::size_t bytes = 0;
    for (const std::string& row : rows()) bytes += row.size();
    return bytes;
  }
};

TEST(PageRows, are_made_out_with_every_kind_of_column) {
  make(
      "INSERT INTO numbered VALUES (7, NULL, 0), (8, 1, -1), (9, 127, -128), (10, 128, -32768),"
      " (11, 32768, -8388608), (12, 8388608, -2147483648), (13, 2147483648, -140737488355328),"
      " (14, 140737488355328, -9223372036854775808), (15, 2.5, 'text'), (-1, x'0102', '')");
  CHECK_TRUE(
      (rows() == std::vector<std::string>{
                     "-1: null x'1.2.' ''", "7: null null 0", "8: null 1 -1", "9: null 127 -128",
                     "10: null 128 -32768", "11: null 32768 -8388608",
                     "12: null 8388608 -2147483648", "13: null 2147483648 -140737488355328",
                     "14: null 140737488355328 -9223372036854775808", "15: null 2.500000 'text'"}));
}

TEST(PageRows, are_made_out_of_a_table_without_rowid) {
  make("INSERT INTO keyed VALUES (1, 2, 'three'), (4, 5, x'06')");
  CHECK_TRUE((rows() == std::vector<std::string>{" 1 2 'three'", " 4 5 x'6.'"}));
}

TEST(PageRows, are_as_long_as_they_were_written) {
  // Around what fits on a page, and what fits on one overflow page more.
  for (const int size : {900, 976, 977, 978, 979, 980, 1'000, 1'100, 2'000, 2'100, 60'000}) {
    std::filesystem::remove(path);
    const std::string zeros = "zeroblob(" + std::to_string(size) + ")";
    make(("INSERT INTO numbered VALUES (1, " + zeros +
          ", 5);"
          "INSERT INTO keyed VALUES (1, 2, " +
          zeros + ")")
             .c_str());
    const std::vector<std::string> found = rows();
    CHECK_TRUE(found.size() == 2);
    for (const std::string& row : found) {
      CHECK_TRUE(row.size() > 2U * static_cast<std::size_t>(size));
      CHECK_TRUE(row.size() < 2 * static_cast<std::size_t>(size) + 20);
    }
  }
}

TEST(PageRows, of_many_pages_are_all_found) {
  make(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
      " INSERT INTO numbered SELECT i, i, 'row' FROM n;"
      "INSERT INTO keyed SELECT id, 1, 'key' FROM numbered");
  CHECK_TRUE(rows().size() == 10'000);
}

TEST(PageRows, that_were_deleted_with_their_page_are_not_found) {
  make(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
      " INSERT INTO numbered SELECT i, i, 'row' FROM n;"
      "DELETE FROM numbered WHERE id > 10");
  CHECK_TRUE(rows().size() == 10);
}

TEST(PageRows, of_any_bytes_are_safe) {
  make(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
      " INSERT INTO numbered SELECT i, i, zeroblob(i * 30) FROM n;"
      "INSERT INTO keyed SELECT id, 1, b FROM numbered");
  const std::uintmax_t size = std::filesystem::file_size(path);
  sim::Random random(1);
  for (int i = 0; i < 80; ++i) {
    std::fstream bytes(path, std::ios::in | std::ios::out | std::ios::binary);
    for (int j = 0; j < 40; ++j) {
      bytes.seekp(static_cast<std::streamoff>(random.below(size)));
      bytes.put(static_cast<char>(random.below(256)));
    }
    bytes.close();
    if (i % 10 == 0) CHECK_TRUE(bytes_in_rows() < 100 * size);
  }
}

TEST(PageRows, that_claim_each_others_overflow_pages_are_bounded) {
  make("INSERT INTO numbered VALUES (1, zeroblob(60000), 5)");
  PageFile file(path);
  std::uint32_t leaf = 0;
  Page page{};
  for (std::uint32_t number = 2; number <= file.page_count(); ++number) {
    for_each_row(file, Layer::kNewest, number, [&](const PageRow&) { leaf = number; });
  }
  CHECK_TRUE(leaf != 0 && file.read(Layer::kNewest, leaf, page));
  // As many rows as there is room for, all of them this one.
  page[3] = std::byte{0};
  page[4] = std::byte{200};
  for (std::size_t i = 1; i < 200; ++i) {
    page[8 + 2 * i] = page[8];
    page[9 + 2 * i] = page[9];
  }
  std::fstream bytes(path, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(std::streamoff{leaf - 1} * 1024);
  bytes.write(reinterpret_cast<const char*>(page.data()), 1024);
  bytes.close();
  CHECK_TRUE(rows().size() <= 200);
}
