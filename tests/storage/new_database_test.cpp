#include "storage/new_database.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "storage/database.hpp"
#include "tests/storage/faulty_vfs.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

constexpr std::uint64_t kQuota = 16 * 1024 * 1024;

}  // namespace

TEST_GROUP(NewDatabase) {
  TemporaryFolder folder;
  std::string path = folder.path_of("test.db");
  std::optional<FaultyVfs> disk;

  void setup() override {
    disk.emplace(folder.path());
  }
  bool is_whole() {
    Result<Connection> connection = open_for_writing(path, kQuota);
    CHECK_TRUE(connection.ok());
    std::string report;
    Result<> checked = connection->for_each("PRAGMA integrity_check", {}, [&](const Row& row) {
      report += row.text(0);
      return true;
    });
    return checked.ok() && report == "ok" &&
           connection->integer("SELECT count(*) FROM past")->value_or(0) == 1;
  }
  // Cuts the power at the first change, then at the second, until there is none any more.
  void cut_everywhere(Remains remains, bool powersafe) {
    std::uint64_t at = 0;
    bool cut = true;
    while (cut) {
      disk.reset();
      std::filesystem::remove(path);
      disk.emplace(folder.path(), powersafe);
      disk->cut({.at = ++at, .remains = remains, .seed = at});
      const Result<> made = make_database(path);
      cut = disk->is_off();
      CHECK_TRUE(made.ok() != cut);
      if (!cut) disk->cut({1});
      if (!cut) CHECK_FALSE(open_for_writing(path, kQuota).ok());
      disk->restart();
      CHECK_TRUE(cut || std::filesystem::exists(path));
      CHECK_TRUE(!std::filesystem::exists(path) || std::filesystem::file_size(path) > 10'000);
      CHECK_TRUE(is_whole());  // or made anew
    }
    CHECK_TRUE(at > 10);
  }
};

TEST(NewDatabase, takes_two_syncs) {
  CHECK_TRUE(make_database(path).ok());
  CHECK_TRUE(disk->syncs() == 2);
}

TEST(NewDatabase, a_power_cut_leaves_none_or_a_whole_one) {
  for (const Remains remains :
       {Remains::kNothing, Remains::kPrefix, Remains::kSubset, Remains::kTorn, Remains::kSmear}) {
    cut_everywhere(remains, true);
    cut_everywhere(remains, false);
  }
}

TEST(NewDatabase, leaves_nothing_beside_itself) {
  CHECK_TRUE(make_database(path).ok());
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    STRCMP_EQUAL("test.db", entry.path().filename().c_str());
    ++files;
  }
  CHECK_TRUE(files == 1);
}

TEST(NewDatabase, a_draft_that_was_cut_off_is_in_nobodys_way) {
  folder.write("test.db.new", "a part of it");
  folder.write("test.db.new-journal", "and of its journal");
  CHECK_TRUE(make_database(path).ok());
  CHECK_TRUE(is_whole());
}

TEST(NewDatabase, a_log_of_another_database_is_not_taken_for_its_own) {
  {
    Result<Connection> other = open_for_writing(path, kQuota);
    CHECK_TRUE(other->execute("UPDATE past SET delivered = 7").ok());
    std::filesystem::copy_file(path + "-wal", folder.path_of("kept"));
  }
  std::filesystem::remove(path);
  std::filesystem::rename(folder.path_of("kept"), path + "-wal");
  Result<Connection> fresh = open_for_writing(path, kQuota);
  CHECK_TRUE(fresh->integer("SELECT delivered FROM past")->value_or(-1) == 0);
}

TEST(NewDatabase, has_no_name_before_it_is_durable) {
  disk->fail({Operation::kSync});
  CHECK_FALSE(make_database(path).ok());
  CHECK_FALSE(std::filesystem::exists(path));
  disk->work();
  CHECK_TRUE(is_whole());
}

TEST(NewDatabase, a_full_disk_is_told) {
  disk->fail({Operation::kWrite, 3, kForEver, true});
  const Result<> made = make_database(path);
  CHECK_TRUE(!made.ok() && made.error().code == ErrorCode::kFull);
  CHECK_FALSE(std::filesystem::exists(path));
}
