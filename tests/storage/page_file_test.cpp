#include "storage/page_file.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "storage/sqlite.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

namespace fs = std::filesystem;

constexpr const char* kLayout =
    "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
    "CREATE TABLE t (x); PRAGMA wal_checkpoint(TRUNCATE);";

}  // namespace

// A database with one table, and a log that has changed its page.
TEST_GROUP(PageFile) {
  TemporaryFolder folder;
  std::string live = folder.path_of("live.db");
  std::string path = folder.path_of("test.db");
  Page page{};

  void setup() override {
    Result<Connection> connection = Connection::open(live, Access::kWrite);
    CHECK_TRUE(connection.ok() && connection->execute(kLayout).ok());
    for (int i = 1; i <= 3; ++i) {
      CHECK_TRUE(connection->run("INSERT INTO t VALUES (?)", {std::int64_t{i}}).ok());
    }
    fs::copy_file(live, path);
    fs::copy_file(live + "-wal", path + "-wal");
  }
  // Of the leaf of the table.
  int rows(PageFile & file, Layer layer) {
    CHECK_TRUE(file.read(layer, 2, page));
    return std::to_integer<int>(page[4]);
  }
  void damage(const std::string& name, std::streamoff at) {
    std::fstream bytes(name, std::ios::in | std::ios::out | std::ios::binary);
    // Another byte in any case: salts and checksums are whatever they are.
    bytes.seekg(at);
    const int before = bytes.get();
    bytes.seekp(at);
    bytes.put(static_cast<char>(before ^ 0x21));
  }
};

TEST(PageFile, reads_what_the_log_has_committed) {
  PageFile file(path);
  CHECK_TRUE(file.has_log());
  CHECK_TRUE(rows(file, Layer::kNewest) == 3);
}

TEST(PageFile, reads_what_was_there_before_the_log) {
  PageFile file(path);
  CHECK_TRUE(rows(file, Layer::kFile) == 0);
}

TEST(PageFile, does_without_a_log) {
  fs::remove(path + "-wal");
  PageFile file(path);
  CHECK_FALSE(file.has_log());
  CHECK_TRUE(file.page_count() == 2);
  CHECK_TRUE(rows(file, Layer::kNewest) == 0);
}

TEST(PageFile, does_without_a_file) {
  fs::remove(path);
  PageFile file(path);
  CHECK_TRUE(file.page_count() == 2);
  CHECK_TRUE(rows(file, Layer::kNewest) == 3);
  CHECK_FALSE(PageFile(folder.path_of("none.db")).read(Layer::kNewest, 1, page));
}

TEST(PageFile, believes_the_log_up_to_the_first_damage) {
  const std::uintmax_t frame = 24 + 1024;
  damage(path + "-wal", static_cast<std::streamoff>(32 + frame + 500));
  PageFile file(path);
  CHECK_TRUE(rows(file, Layer::kNewest) == 1);
}

TEST(PageFile, believes_no_log_with_a_damaged_head) {
  fs::copy_file(path + "-wal", path + ".whole");
  for (const std::streamoff at : {0, 9, 17, 25}) {
    fs::copy_file(path + ".whole", path + "-wal", fs::copy_options::overwrite_existing);
    damage(path + "-wal", at);
    CHECK_FALSE(PageFile(path).has_log());
  }
}

TEST(PageFile, ends_where_the_file_is_cut_off) {
  fs::remove(path + "-wal");
  fs::resize_file(path, 1024 + 7);
  PageFile file(path);
  CHECK_TRUE(file.page_count() == 2);
  CHECK_TRUE(file.read(Layer::kNewest, 2, page));
  CHECK_TRUE(page[0] == std::byte{0x0D} && page[7] == std::byte{0});
  CHECK_FALSE(file.read(Layer::kNewest, 3, page));
  CHECK_FALSE(file.read(Layer::kNewest, 0, page));
}
