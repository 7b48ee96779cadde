#include "storage/set_aside.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

namespace fs = std::filesystem;

}  // namespace

TEST_GROUP(SetAside) {
  TemporaryFolder folder;
  std::string path = folder.path_of("test.db");

  void make() {
    folder.write("test.db", "database");
    folder.write("test.db-wal", "log");
    folder.write("test.db-shm", "index");
  }
  void set_one_aside() {
    make();
    CHECK_TRUE(set_aside(path).ok());
  }
  std::vector<std::string> expected(std::vector<std::string> numbers) {
    for (std::string& number : numbers) number = path + ".damaged-" + number;
    return numbers;
  }
};

TEST(SetAside, moves_the_database_and_its_log) {
  set_one_aside();
  CHECK_FALSE(fs::exists(path) || fs::exists(path + "-wal") || fs::exists(path + "-shm"));
  CHECK_TRUE(databases_set_aside(path) == expected({"1"}));
  CHECK_TRUE(fs::file_size(path + ".damaged-1") == 8);
  CHECK_TRUE(fs::file_size(path + ".damaged-1-wal") == 3);
}

TEST(SetAside, moves_a_log_that_is_alone) {
  folder.write("test.db-wal", "log");
  CHECK_TRUE(set_aside(path).ok());
  CHECK_TRUE(databases_set_aside(path) == expected({"1"}));
}

TEST(SetAside, completes_what_a_power_cut_left_half_done) {
  make();
  fs::rename(path + "-wal", path + ".damaged-1-wal");
  CHECK_TRUE(set_aside(path).ok());
  CHECK_TRUE(databases_set_aside(path) == expected({"1"}));
  CHECK_TRUE(fs::exists(path + ".damaged-1"));
}

TEST(SetAside, keeps_the_largest_ones) {
  folder.write("test.db", std::string(500, '.'));
  CHECK_TRUE(set_aside(path).ok());
  for (int i = 0; i < 3; ++i) set_one_aside();
  CHECK_TRUE(databases_set_aside(path) == expected({"1", "4"}));
}

TEST(SetAside, keeps_the_newest_of_those_that_are_alike) {
  for (int i = 0; i < 4; ++i) set_one_aside();
  CHECK_TRUE(databases_set_aside(path) == expected({"3", "4"}));
  CHECK_FALSE(fs::exists(path + ".damaged-2-wal"));
}

TEST(SetAside, passes_over_files_with_other_names) {
  folder.write("test.db.damaged-x", "");
  folder.write("test.db.damaged-1-shm", "");
  folder.write("other.db.damaged-1", "");
  CHECK_TRUE(databases_set_aside(path).empty());
}

TEST(SetAside, keeps_the_newest_that_was_salvaged) {
  for (int i = 0; i < 2; ++i) {
    set_one_aside();
    CHECK_TRUE(dispose(path, databases_set_aside(path).front(), 100).ok());
  }
  CHECK_TRUE(databases_set_aside(path).empty());
  CHECK_TRUE(fs::exists(path + ".salvaged") && fs::exists(path + ".salvaged-wal"));
}

TEST(SetAside, keeps_none_that_is_too_large) {
  set_one_aside();
  CHECK_TRUE(dispose(path, path + ".damaged-1", 5).ok());
  CHECK_FALSE(fs::exists(path + ".salvaged"));
  CHECK_TRUE(databases_set_aside(path).empty());
}

TEST(SetAside, keeps_what_may_be_another_programs_under_a_name_of_its_own) {
  set_one_aside();
  CHECK_TRUE(keep_foreign(path, path + ".damaged-1").ok());
  CHECK_TRUE(fs::exists(path + ".foreign") && fs::exists(path + ".foreign-wal"));
  CHECK_FALSE(remove_salvaged(path));
  CHECK_TRUE(fs::exists(path + ".foreign"));
}

TEST(SetAside, counts_all_but_what_may_be_another_programs) {
  CHECK_TRUE(bytes_set_aside(path) == 0);
  for (int i = 0; i < 2; ++i) set_one_aside();
  CHECK_TRUE(bytes_set_aside(path) == 2 * 11);
  CHECK_TRUE(dispose(path, path + ".damaged-1", 100).ok());
  CHECK_TRUE(bytes_set_aside(path) == 2 * 11);
  CHECK_TRUE(keep_foreign(path, path + ".damaged-2").ok());
  CHECK_TRUE(bytes_set_aside(path) == 11);
}

TEST(SetAside, gives_up_what_was_salvaged) {
  set_one_aside();
  CHECK_FALSE(remove_salvaged(path));
  CHECK_TRUE(dispose(path, path + ".damaged-1", 100).ok());
  CHECK_TRUE(remove_salvaged(path));
  CHECK_TRUE(bytes_set_aside(path) == 0);
  CHECK_FALSE(fs::exists(path + ".salvaged") || fs::exists(path + ".salvaged-wal"));
}

TEST(SetAside, says_when_a_file_cannot_be_moved) {
  const std::string elsewhere = "/proc/self/status";
  CHECK_FALSE(set_aside(elsewhere).ok());
}
